// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// Each query of the dashboard has an answer on a cluster where something is
// going on: producers, consumers, and a broker that is lost. Two collectors share the
// cluster, so all of it is on the union of their pages. A third one differs, and an alert
// says so.
func TestRulesDashboardShowsData(t *testing.T) {
	t.Parallel() // it waits more than it works
	promtest.Need(t)
	binary(t)
	kafkatest.NeedStreams(t, kafkatest.DefaultVersion)
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 3})
	kafka.CreateTopic(t, "orders", 6, 3, nil)
	kafka.CreateTopic(t, "fragile", 3, 1, map[string]string{"retention.ms": "3600000"})   // a partition on each broker
	kafka.Commit(t, "billing", map[string]map[int32]int64{"fragile": {0: 0, 1: 0, 2: 0}}) // all that there is
	produce(t, kafka.Brokers(), "orders", 6)
	consume(t, kafka.Brokers(), "billing", 1000)
	consume(t, kafka.Brokers(), "slow", 2)
	kafka.ReadFromStart(t, "workers")
	kafka.ShareConsume(t, "workers", "orders", 6)
	kafka.OpenTransaction(t, "orders", 0, time.Now())
	ask := writeFile(t, "ask.yaml", `receivers: {kafkalag: {metrics: {
  kafka.broker.log_dir.usable: {enabled: true}, kafka.partition.last_stable_offset_gap: {enabled: true},
  kafka.partition.open_transaction_age: {enabled: true}, kafka.partition.under_min_isr: {enabled: true}},
  coordination: {group_id: collectors, session_timeout: 1m}}}`)
	probe := writeFile(t, "probe.yaml", "receivers: {kafkaprobe: {topic: orders}}") // one more topic would change what is counted below

	env, quorum := brokersEnv(kafka.Brokers()...), writeFile(t, "quorum.yaml", askQuorum)
	one := start(t, env, shipped("default.yaml"), shipped("probe/default.yaml"), quorum, ask, probe)
	two := start(t, env, shipped("default.yaml"), quorum, ask)
	two.awaitLog(t, "This collector is one of 2 that report the cluster together")
	other := start(t, env, shipped("default.yaml"), quorum, ask, writeFile(t, "other.yaml", "receivers: {kafkalag: {group_match: ^other}}"))
	prometheus := promtest.Start(t, fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%q]\nscrape_configs: %s",
		hastened(t), scrapeConfigs(t, one, two, other)))
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		require.NotEmpty(now, prometheus.Query(now, `deriv(kafka_consumer_group_offset{group="slow"}[10s]) > 0`))
	}, patience, tick)
	kafka.Broker(3).Kill(t)

	d := readDashboard(t)
	values := map[string]string{
		"cluster": kafka.ID(), "job": "kafka", "group": "billing|counting|slow|workers", "topic": ".*", "one": "slow", "receiver": ".*", "__rate_interval": "20s",
	}
	answers := func(streams bool) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				if streams != strings.Contains(q.Expr, "kafka_streams_group_tasks") {
					continue
				}
				expr := fill(t, q.Expr, values)
				require.EventuallyWithT(t, func(now *assert.CollectT) {
					answer := prometheus.Query(now, expr)
					require.NotEmpty(now, answer, "%s: %s", p.Title, expr)
					assertLegend(now, q.LegendFormat, answer)
				}, 5*patience, tick)
			}
		}
	}
	answers(false)

	shows := func(title string, want float64) {
		t.Helper()
		for _, p := range d.Panels {
			if p.Title == title {
				require.EventuallyWithT(t, func(now *assert.CollectT) {
					answer := prometheus.Query(now, fill(t, p.Targets[0].Expr, values))
					require.Len(now, answer, 1)
					assert.InDelta(now, want, float64(answer[0].Value), 0, title)
				}, patience, tick)
				return
			}
		}
		t.Errorf("there is no panel %s", title)
	}
	shows("Topics", 2)
	shows("Groups", 2)
	shows("Offline", 1)
	shows("Under-replicated", 7) // what is offline has no replica in sync
	shows("Lost to retention in an hour", 0)
	shows("Clusters reported", 1)
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		assert.Empty(now, prometheus.Query(now, `count without (instance) (label_replace({__name__=~"kafka_.+"}, "metric", "$1", "__name__", "(.+)")) > 1`), "on two pages")
		require.Len(now, prometheus.Query(now, `count by (instance) ({__name__=~"kafka_.+"})`), 2, "pages of two collectors")
		alerts := prometheus.Firing(now, "KafkaLagCollectorWithoutPart")
		require.Len(now, alerts, 1)
		assert.Equal(now, hostOf(t, other.selfURL), alerts[0].Labels["instance"])
	}, patience, tick)

	kafka.StartStreams(t, "counting", "one", "orders") // it creates topics: not before they are counted
	answers(true)

	for _, v := range d.Templating.List {
		if v.Type == "query" {
			assert.NotEmpty(t, prometheus.Query(t, labelled(t, fill(t, v.Definition, values))), v.Name)
		}
	}
}

var legendLabel = regexp.MustCompile(`\{\{(\w+)\}\}`)

// assertLegend says that the labels which a legend names are there.
func assertLegend(t assert.TestingT, legend string, answer model.Vector) {
	for _, label := range legendLabel.FindAllStringSubmatch(legend, -1) {
		assert.NotEmpty(t, answer[0].Metric[model.LabelName(label[1])], "%s in %s", label[1], answer[0].Metric)
	}
}

// labelled gives what Grafana's label_values(SELECTOR, LABEL) reads, as a query.
func labelled(t *testing.T, definition string) string {
	t.Helper()
	parts := regexp.MustCompile(`^label_values\((.+), (\w+)\)$`).FindStringSubmatch(definition)
	require.NotNil(t, parts, definition)
	return "count by (" + parts[2] + ") (" + parts[1] + ")"
}
