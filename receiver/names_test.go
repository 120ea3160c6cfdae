// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// invalidTexts returns what is in m that is not valid UTF-8.
func invalidTexts(m pmetric.Metrics) []string {
	var invalid []string
	for _, resource := range m.ResourceMetrics().All() {
		for _, value := range resource.Resource().Attributes().All() {
			if !utf8.ValidString(value.AsString()) {
				invalid = append(invalid, value.AsString())
			}
		}
	}
	for _, only := range points(m) {
		for attributes := range only {
			if !utf8.ValidString(attributes) {
				invalid = append(invalid, attributes)
			}
		}
	}
	return invalid
}

// Brokers that keep the bytes of a name are asked with them; what is recorded can
// be read by everybody.
func TestOddGroupNamesOfABroker(t *testing.T) {
	fake := seeded(t)
	for _, group := range []string{"odd\xff", "odd\xfe", "lone\xc3"} {
		fake.Commit(t, group, map[string]map[int32]int64{"orders": {0: 7}})
	}
	core, logs := observer.New(zapcore.WarnLevel)
	metrics, scraped := runLogging(t, fakeConfig(fake), zap.New(core))
	got := <-scraped
	require.NoError(t, metrics.Shutdown(t.Context()))
	assert.Empty(t, invalidTexts(got))
	assert.Equal(t, map[string]int64{
		"group=billing": 4, "group=shipping": 25,
		"group=lone\uFFFD":                 3,
		"group=odd\uFFFD-9e5542727bf27359": 3,
		"group=odd\uFFFD-a1894feb0094828f": 3,
	}, points(got)["kafka.consumer_group.lag_max"])
	lines := logs.FilterMessageSnippet("not valid UTF-8").All()
	require.Len(t, lines, 1)
	assert.Equal(t, map[string]any{"names": int64(3), "first": []any{`"lone\xc3"`, `"odd\xfe"`, `"odd\xff"`}}, lines[0].ContextMap())
}

// Every text that a broker may choose is recorded valid.
func TestEveryNameIsRecordedValid(t *testing.T) {
	const bad = "\xff"
	s, _ := sample()
	s.ClusterID += bad
	s.Brokers[1] = cluster.Broker{ID: 1, Address: "b1" + bad, Rack: "a" + bad}
	for _, g := range s.Groups {
		g.State, g.Type, g.Protocol = g.State+bad, g.Type+bad, g.Protocol+bad
		g.Assigned = append(g.Assigned, cluster.Assignment{Topic: "elsewhere" + bad, Partitions: []int32{0}})
	}
	topic := *s.Topics["orders"]
	topic.Name = "orders" + bad
	s.Topics[topic.Name] = &topic
	s.Groups["billing"+bad] = &cluster.Group{Name: "billing" + bad, CommitsKnown: true, Commits: []cluster.TopicCommits{
		{Topic: topic.Name, Partitions: []cluster.Commit{{Partition: 0, Offset: 1}}},
	}}
	s.LogDirs[1][0].Path += bad

	cfg := newConfig()
	enableAll(&cfg.Metrics)
	scraper := newTestScraper(settings(zap.NewNop()), cfg, answering(func(context.Context) (*cluster.Snapshot, error) { return s, nil }))
	got, _ := scraper.scrape(t.Context()) // partial: no time lag is known yet
	assert.Empty(t, invalidTexts(got))
	assert.NotEmpty(t, points(got)["kafka.consumer_group.lag"]["group=billing\uFFFD topic=orders\uFFFD partition=0"])
	assert.Contains(t, s.Groups, "billing"+bad, "the snapshot stays as it is")
}

func TestOddNamesAreToldApart(t *testing.T) {
	groups := func(names ...string) map[string]string {
		s := &cluster.Snapshot{Groups: map[string]*cluster.Group{}}
		for _, name := range names {
			s.Groups[name] = &cluster.Group{Name: name}
		}
		got := map[string]string{}
		for name, g := range oddNamesOf(s).snapshot(s).Groups {
			got[name] = g.Name
		}
		require.Len(t, got, len(names), "no name hides another")
		return got
	}
	assert.Contains(t, groups("a\xff", "b"), "a\uFFFD")
	assert.NotContains(t, groups("a\xff", "a\xfe"), "a\uFFFD", "neither has it without a hash")
	assert.Contains(t, groups("a\xff", "a\uFFFD"), "a\uFFFD", "the valid one keeps its name")
}

func TestOddDirectoriesAreToldApart(t *testing.T) {
	s := &cluster.Snapshot{LogDirs: map[int32][]cluster.LogDir{1: {{Path: "/d\xff"}, {Path: "/d\uFFFD"}}}}
	dirs := oddNamesOf(s).snapshot(s).LogDirs[1]
	require.Len(t, dirs, 2)
	assert.NotEqual(t, dirs[0].Path, dirs[1].Path)
}

// Valid names cost no allocation.
func TestValidNamesAreFree(t *testing.T) {
	s := &cluster.Snapshot{ClusterID: "c", Groups: map[string]*cluster.Group{}}
	for n := range 1000 {
		name := fmt.Sprintf("group-%d", n)
		s.Groups[name] = &cluster.Group{Name: name, State: "Stable"}
	}
	assert.Zero(t, testing.AllocsPerRun(10, func() { oddNamesOf(s) }))
}

// BenchmarkOddNames is what names cost of which none is odd: those of 10,000
// groups in 1,000 topics.
func BenchmarkOddNames(b *testing.B) {
	s := &cluster.Snapshot{Groups: map[string]*cluster.Group{}, Topics: map[string]*cluster.Topic{}}
	for n := range 10_000 {
		name := fmt.Sprintf("team-%d.service-%d.consumer", n%50, n)
		s.Groups[name] = &cluster.Group{Name: name, State: "Stable", Type: "classic", Protocol: "range"}
		s.Topics[fmt.Sprintf("team-%d.events-%d", n%50, n%1000)] = &cluster.Topic{}
	}
	b.ReportAllocs()
	for b.Loop() {
		oddNamesOf(s)
	}
}
