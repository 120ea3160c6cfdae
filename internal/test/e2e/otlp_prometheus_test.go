// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"regexp"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// What otlp-prometheus.yaml sends of two clusters has the names and labels of
// the Prometheus endpoint, in a Prometheus as it comes. So it has without that
// config's processor in one that is configured as observability/README.md says.
func TestE2ESendsOTLPToPrometheus(t *testing.T) {
	binary(t)
	var promoting string
	for _, b := range docs.Read(t, "observability/README.md").Blocks() {
		if _, kind := b.YAML(); kind == docs.OTLP {
			promoting = b.Text
		}
	}
	require.Contains(t, promoting, "promote_resource_attributes")
	for name, tt := range map[string]struct{ prometheus, collector string }{
		"as it comes": {"", "{}"},
		"promoting":   {promoting, "service: {pipelines: {metrics: {processors: [memory_limiter]}}}"},
	} {
		t.Run(name, func(t *testing.T) { testOTLPOfTwoClusters(t, tt.prometheus, tt.collector) })
	}
}

func testOTLPOfTwoClusters(t *testing.T, configuration, also string) {
	t.Helper()
	first, second := startKafka(t, kfake.ClusterID("first-cluster")), startKafka(t, kfake.ClusterID("second-cluster"))
	second.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 10, 1: 10, 2: 10}})
	both := writeFile(t, "both.yaml", `
receivers:
  kafkalag: {cluster_alias: orders}
  kafkalag/payments: {brokers: ["`+second.Brokers()[0]+`"], cluster_alias: payments, collection_interval: 1s}
service: {pipelines: {metrics: {receivers: [kafkalag, kafkalag/payments]}}}
`)
	prometheus := promtest.StartModern(t, configuration, promtest.OTLP)
	env := append(brokersEnv(first.Brokers()...), "PROMETHEUS_OTLP_ENDPOINT="+prometheus.OTLPURL())
	sender := start(t, env, shipped("otlp-prometheus.yaml"), both, writeFile(t, "also.yaml", also))
	page := start(t, env, shipped("default.yaml"), both)
	page.awaitScrapes(t, "kafkalag", "kafkalag/payments")

	require.EventuallyWithT(t, func(now *assert.CollectT) {
		for name, family := range page.scrape(now) {
			var want, got []model.LabelSet
			for _, series := range family.GetMetric() {
				labels := model.LabelSet{model.MetricNameLabel: model.LabelValue(name)}
				for _, pair := range series.GetLabel() {
					if pair.GetValue() == "" { // to Prometheus that is no label
						continue
					}
					labels[model.LabelName(pair.GetName())] = model.LabelValue(pair.GetValue())
				}
				want = append(want, labels)
			}
			for _, sample := range prometheus.Query(now, name) {
				got = append(got, model.LabelSet(sample.Metric))
			}
			assert.ElementsMatch(now, want, got, name)
		}
	}, patience, time.Second)

	lags := map[string]float64{}
	for _, s := range prometheus.Query(t, `kafka_consumer_group_lag{group="billing"}`) {
		lags[string(s.Metric["kafka_cluster_id"]+" "+s.Metric["partition"])] = float64(s.Value)
	}
	assert.Equal(t, map[string]float64{
		"first-cluster 0": 6, "first-cluster 1": 0, "first-cluster 2": 1,
		"second-cluster 0": 0, "second-cluster 1": 10, "second-cluster 2": 20,
	}, lags)
	assert.NotContains(t, sender.log.String(), "Exporting failed")
	assertDashboardFinds(t, prometheus)
}

// others are queries of what is not there: the collector's own metrics, share and
// streams groups, the quorum, open transactions, what is off by default, and rates and times that follow from
// them, for which something would have to go on.
var others = regexp.MustCompile(`otelcol_|kafka_share_group|streams_group_tasks|kafka_quorum|kafka_probe|last_stable|open_transaction|under_min_isr|log_dir|type="share"|catch_up_time|drain_time|stalled_time|deriv|delta|rate\(`)

// assertDashboardFinds says that every other query of the dashboard has an
// answer.
func assertDashboardFinds(t *testing.T, prometheus *promtest.Server) {
	t.Helper()
	values := map[string]string{"cluster": "second-cluster", "job": ".*", "group": ".*", "topic": ".*", "one": "billing"}
	finds := func(query string) {
		require.EventuallyWithT(t, func(now *assert.CollectT) {
			assert.NotEmpty(now, prometheus.Query(now, query), query)
		}, patience, tick)
	}
	d := readDashboard(t)
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			if !others.MatchString(q.Expr) {
				finds(fill(t, q.Expr, values))
			}
		}
	}
	for _, v := range d.Templating.List {
		if v.Type == "query" && !others.MatchString(v.Definition) {
			finds(labelled(t, fill(t, v.Definition, values)))
		}
	}
}
