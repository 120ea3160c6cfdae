// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// margin is how much longer than the scrape's timeout everything else may take, such as
// reading files.
const margin = 10 * time.Second

var errTooLong = errors.New("reading the files that the configuration names takes too long")

// check tries one receiver. The error says why it was not tried, in a line for each
// mistake.
func check(ctx context.Context, t target) (*Result, error) {
	if id := tokenExtension(t.cfg); id != "" {
		return nil, fmt.Errorf("not tried: its tokens come from the extension %q, and kafkalag-check runs no extensions", id)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, t.cfg.Timeout+margin, errTooLong)
	defer cancel()
	scrape, err := withDeadline(ctx, func() (*receiver.SingleScrape, error) { return receiver.ScrapeOnce(ctx, t.cfg) })
	if err != nil {
		return nil, err
	}
	show := newPrinter(t.cfg)
	show.token = showsToken(t.cfg)
	return newResult(show, t, scrape), nil
}

// showsToken reports whether the login shows brokers a token.
func showsToken(cfg *receiver.Config) bool {
	current, _ := cfg.Current()
	mechanism, user := current.Auth.Name()
	return mechanism != "" && user == ""
}

// tokenExtension names the extension that tokens come from, "" where none do.
func tokenExtension(cfg *receiver.Config) string {
	if s := cfg.Auth.SASL; s != nil && s.OAuthBearerTokenSource != (component.ID{}) {
		return s.OAuthBearerTokenSource.String()
	}
	return ""
}

// newResult describes a scrape.
func newResult(show printer, t target, scrape *receiver.SingleScrape) *Result {
	s := scrape.Snapshot
	failures := mergeFailures(show, s.Failures)
	r := &Result{
		Receiver:      t.id.String(),
		Notes:         notes(show, t.cfg, scrape),
		ClusterID:     show.text(s.ClusterID),
		Login:         loginOf(show, t.cfg),
		Brokers:       brokersOf(show, scrape.Brokers),
		BrokerCount:   len(scrape.Brokers),
		Rights:        []Right{},
		ACLCommands:   []string{},
		Topics:        Names{Seen: len(s.Topics), Filtered: s.FilteredTopics, First: show.texts(slices.Sorted(maps.Keys(s.Topics)))},
		Groups:        Names{Seen: len(s.Groups), Filtered: s.FilteredGroups, LeftOut: s.LeftOutGroups, First: show.texts(slices.Sorted(maps.Keys(s.Groups)))},
		Series:        seriesOf(scrape),
		ScrapeSeconds: scrape.Took.Seconds(),
		Failures:      failures[:min(len(failures), maxListed)],
		FailureCount:  len(failures),
	}
	if scrape.Err == nil {
		r.Rights = rightsOf(scrape)
		r.ACLCommands = aclCommands(show, t.cfg, r.Rights)
	}
	r.Problems = problems(show, t.cfg, scrape, r)
	return r
}

func loginOf(show printer, cfg *receiver.Config) Login {
	current, _ := cfg.Current()
	mechanism, user := current.Auth.Name()
	return Login{Mechanism: mechanism, User: show.text(user), TLS: current.IsEncrypted()}
}

func seriesOf(scrape *receiver.SingleScrape) Series {
	all := Series{LeftOut: scrape.LeftOut, ByMetric: []MetricSeries{}}
	for metric, total := range scrape.AllSeries {
		now := scrape.Series[metric]
		all.Now += now
		all.Total += total
		all.ByMetric = append(all.ByMetric, MetricSeries{metric, now, total})
	}
	slices.SortFunc(all.ByMetric, func(a, b MetricSeries) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Metric, b.Metric))
	})
	return all
}

// notes says what works and is worth knowing.
func notes(show printer, cfg *receiver.Config, scrape *receiver.SingleScrape) []string {
	notes := []string{}
	note := func(condition bool, format string, args ...any) {
		if condition {
			notes = append(notes, show.text(fmt.Sprintf(format, args...)))
		}
	}
	current, deprecated := cfg.Current()
	for _, key := range deprecated {
		note(true, "deprecated key: %s", key)
	}
	mechanism := current.PlaintextSecret()
	note(mechanism != "", `the login by %s is sent in plain text: set "tls"`, mechanism)
	note(cfg.Coordination.GroupID != "", `"coordination.group_id" %q is not joined: this is the whole cluster, and whether the login may join is not tried`, cfg.Coordination.GroupID)
	note(scrape.Snapshot.LeftOutGroups > 0, `%d groups are beyond "max_groups" and left out`, scrape.Snapshot.LeftOutGroups)
	note(scrape.LeftOut > 0, `%d series are beyond "max_group_partitions" and left out`, scrape.LeftOut)
	note(scrape.Took > cfg.CollectionInterval, `the scrape takes longer than "collection_interval", %v`, cfg.CollectionInterval)
	for _, api := range scrape.Access.Unsupported {
		note(true, "brokers do not offer %s: the metrics that need it are absent", api)
	}
	return notes
}
