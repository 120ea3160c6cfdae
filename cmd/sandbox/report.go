// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"text/tabwriter"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

const (
	fetchLimit = 5 * time.Second
	// maxRows keeps the table on one screen; the largest lags come first.
	maxRows = 20
)

// row is what the collector's metrics say of one group on one topic.
type row struct {
	group, topic string
	state        string // empty where unknown
	members      int
	partitions   int // that have a lag
	of           int // partitions of the topic
	lag          int // records; negative where the collector gives no sum
	// timeLag is negative where the collector gives none.
	timeLag time.Duration
}

// fetchReport reads the metrics of collectors that together report a cluster: one row for
// each group and topic. Others take over from one that does not answer.
func fetchReport(ctx context.Context, collectors []collector) ([]row, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	all := map[string]*dto.MetricFamily{}
	answered := false
	var failure error
	for _, c := range collectors {
		families, err := fetchMetrics(ctx, c.metrics)
		if err != nil {
			failure = err
			continue
		}
		answered = true
		for name, family := range families {
			if known := all[name]; known != nil {
				family.Metric = append(family.Metric, known.Metric...)
			}
			all[name] = family
		}
	}
	if !answered {
		return nil, failure
	}
	return report(all), nil
}

// fetchMetrics reads the metrics of one collector, in Prometheus's text format.
func fetchMetrics(ctx context.Context, url string) (map[string]*dto.MetricFamily, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Close = true // nothing stays open between two tables
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	return parseMetrics(resp.Body)
}

func parseMetrics(text io.Reader) (map[string]*dto.MetricFamily, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	return parser.TextToMetricFamilies(text)
}

// report makes rows of metrics, sorted by lag, the largest first.
func report(families map[string]*dto.MetricFamily) []row {
	states, members, partitions := map[string]string{}, map[string]int{}, map[string]int{}
	for _, m := range families["kafka_consumer_group_info"].GetMetric() {
		states[label(m, "group")] = label(m, "state")
	}
	for _, m := range families["kafka_consumer_group_members"].GetMetric() {
		members[label(m, "group")] = value(m)
	}
	for _, m := range families["kafka_topic_partitions"].GetMetric() {
		partitions[label(m, "topic")] = value(m)
	}

	type key struct{ group, topic string }
	rows := map[key]*row{}
	for _, m := range families["kafka_consumer_group_lag"].GetMetric() {
		k := key{label(m, "group"), label(m, "topic")}
		if rows[k] == nil {
			rows[k] = &row{
				group: k.group, topic: k.topic, state: states[k.group],
				members: members[k.group], of: partitions[k.topic], lag: -1, timeLag: -1,
			}
		}
		rows[k].partitions++
	}
	for _, m := range families["kafka_consumer_group_lag_sum"].GetMetric() {
		if r := rows[key{label(m, "group"), label(m, "topic")}]; r != nil {
			r.lag = value(m)
		}
	}
	for _, m := range families["kafka_consumer_group_time_lag_max_seconds"].GetMetric() {
		if r := rows[key{label(m, "group"), label(m, "topic")}]; r != nil {
			r.timeLag = time.Duration(number(m) * float64(time.Second))
		}
	}

	sorted := make([]row, 0, len(rows))
	for _, r := range rows {
		sorted = append(sorted, *r)
	}
	slices.SortFunc(sorted, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.lag, a.lag), cmp.Compare(a.group, b.group), cmp.Compare(a.topic, b.topic))
	})
	return sorted
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// value is the metric's, whether it is a gauge, a counter or of unknown type.
func value(m *dto.Metric) int { return int(number(m)) }

func number(m *dto.Metric) float64 {
	return m.GetGauge().GetValue() + m.GetCounter().GetValue() + m.GetUntyped().GetValue()
}

// printReport prints the rows as a table, or why there are none.
func printReport(out io.Writer, now time.Time, rows []row, failure error) error {
	clock := now.Format(time.TimeOnly)
	if failure != nil {
		_, err := fmt.Fprintf(out, "\n%s  no metrics: %v\n", clock, failure)
		return err
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintf(out, "\n%s  no lag yet; the log says why, should it stay so\n", clock)
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%s  GROUP\tTOPIC\tSTATE\tMEMBERS\tCOMMITTED\tLAG\tTIME LAG\n", clock)
	for _, r := range rows[:min(len(rows), maxRows)] {
		lag, timeLag := "unknown", "unknown"
		if r.lag >= 0 {
			lag = fmt.Sprint(r.lag)
		}
		if r.timeLag >= 0 {
			timeLag = r.timeLag.Round(time.Second).String()
		}
		fmt.Fprintf(table, "%*s%s\t%s\t%s\t%d\t%d of %d\t%s\t%s\n", len(clock)+2, "",
			r.group, r.topic, r.state, r.members, r.partitions, r.of, lag, timeLag)
	}
	if more := len(rows) - maxRows; more > 0 {
		fmt.Fprintf(table, "%*sand %d more, with less lag\n", len(clock)+2, "", more)
	}
	return table.Flush()
}
