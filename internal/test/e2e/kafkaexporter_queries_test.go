// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// What people ask of kafka_exporter's metrics, and what is answered on the
// cluster of startExporterCluster after ten more records in orders and one more
// commit of billing there. Where the number is a rate, only its sign is known.
var exporterQueries = []struct {
	expr string
	sign bool
	want map[string]float64 // by the values of the labels
}{
	// The panels and variables of Grafana's dashboard 7589, Kafka Exporter Overview.
	{
		`sum(rate(kafka_topic_partition_current_offset{instance="$instance", topic=~"$topic"}[1m])) by (topic)`, true,
		map[string]float64{"empty": 0, "orders": 1, "single": 0},
	},
	{
		`sum(kafka_consumergroup_lag{instance="$instance",topic=~"$topic"}) by (consumergroup, topic)`, false,
		map[string]float64{"ahead orders": 5, "billing orders": 16, "billing single": 57, "live orders": 41, "modern orders": 18, "partial empty": 0, "partial orders": 15},
	},
	{
		`sum(delta(kafka_topic_partition_current_offset{instance=~'$instance', topic=~"$topic"}[5m])/5) by (topic)`, true,
		map[string]float64{"empty": 0, "orders": 1, "single": 0},
	},
	{
		`sum(delta(kafka_consumergroup_current_offset{instance=~'$instance',topic=~"$topic"}[5m])/5) by (consumergroup, topic)`, true,
		map[string]float64{"ahead orders": 0, "billing orders": 1, "billing single": 0, "live orders": 0, "modern orders": 0, "partial empty": 0, "partial orders": 0},
	},
	{
		`sum by(topic) (kafka_topic_partitions{instance="$instance",topic=~"$topic"})`, false,
		map[string]float64{"empty": 2, "orders": 3, "single": 3},
	},
	{`count(kafka_consumergroup_current_offset) by (job)`, false, map[string]float64{"kafka-exporter": 13}},
	{`count(kafka_consumergroup_current_offset{job=~"kafka-exporter"}) by (instance)`, false, map[string]float64{"$instance": 13}},
	{
		`count(kafka_topic_partition_current_offset{instance='$instance',topic!='__consumer_offsets',topic!='--kafka'}) by (topic)`, false,
		map[string]float64{"empty": 2, "orders": 3, "single": 3},
	},

	// Conditions of alerts.
	{`kafka_brokers < 3`, false, map[string]float64{}},
	{`absent(kafka_brokers)`, false, map[string]float64{}},
	{`sum(kafka_consumergroup_lag) by (consumergroup) > 50`, false, map[string]float64{"billing": 73}},
	{`kafka_consumergroup_lag_sum > 40`, false, map[string]float64{"billing single": 57, "live orders": 41}},
	{`kafka_consumergroup_lag > 20`, false, map[string]float64{"billing 2 single": 29, "live 2 orders": 22}},
	{`kafka_consumergroup_members == 0`, false, map[string]float64{"ahead": 0, "billing": 0, "partial": 0}},
	{
		`sum(delta(kafka_consumergroup_current_offset[5m])) by (consumergroup, topic) == 0 and sum(kafka_consumergroup_lag) by (consumergroup, topic) > 40`, false,
		map[string]float64{"billing single": 0, "live orders": 0},
	},
	{`changes(kafka_topic_partition_current_offset{topic="orders"}[10m]) == 0`, false, map[string]float64{"1 orders": 0, "2 orders": 0}},
	{`min(kafka_topic_partition_in_sync_replica) by (topic) < 3`, false, map[string]float64{"single": 1}},
	{`kafka_topic_partition_under_replicated_partition > 0`, false, map[string]float64{}},
	{`kafka_topic_partition_replicas - kafka_topic_partition_in_sync_replica > 0`, false, map[string]float64{}},
	{`count(kafka_topic_partition_leader_is_preferred == 1) by (topic)`, false, map[string]float64{"empty": 2, "orders": 3, "single": 3}},
}

// Dashboards and alerts made for kafka_exporter get their answers from a
// Prometheus that scrapes the collector in its place.
func TestRulesKafkaExporterQueries(t *testing.T) {
	t.Parallel() // it waits more than it works
	kafka := startExporterCluster(t)
	env := append(brokersEnv(kafka.Brokers()...), "KAFKA_TOPIC_EXCLUDE=^__")
	c := start(t, env, shipped("kafka-exporter.yaml"))
	host := hostOf(t, c.metricsURL)
	prometheus := promtest.Start(t, fmt.Sprintf(`
global: {scrape_interval: 1s}
scrape_configs: [{job_name: kafka-exporter, static_configs: [{targets: [%q]}]}]
`, host))
	answered := func(t *testing.T, expr string, want map[string]float64) {
		t.Helper()
		require.EventuallyWithT(t, func(now *assert.CollectT) {
			assert.Equal(now, want, byLabels(prometheus.Query(now, expr)))
		}, patience, tick, expr)
	}

	// Change is seen from the second sample on.
	answered(t, `count(count_over_time(kafka_consumergroup_current_offset[1m]) > 1)`, map[string]float64{"": 13})
	kafka.Produce(t, "orders", 0, 10)
	kafka.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 5}})
	variables := strings.NewReplacer("$instance", host, "$topic", ".*")
	for _, query := range exporterQueries {
		t.Run(query.expr, func(t *testing.T) {
			expr, want := variables.Replace(query.expr), map[string]float64{}
			if query.sign {
				expr = "(" + expr + ") > bool 0"
			}
			for key, value := range query.want {
				want[variables.Replace(key)] = value
			}
			answered(t, expr, want)
		})
	}

	kafka.Broker(2).Kill(t)
	answered(t, `kafka_brokers < 3`, map[string]float64{"": 2})
	answered(t, `count(kafka_topic_partition_under_replicated_partition > 0) by (topic)`, map[string]float64{"empty": 2, "orders": 3, "single": 1})
	answered(t, `min(kafka_topic_partition_in_sync_replica) by (topic) < 3`, map[string]float64{"empty": 2, "orders": 2, "single": 0})
}

// byLabels gives values by the labels' values, in the order of the labels'
// names; job and instance where these are all that there is.
func byLabels(vector model.Vector) map[string]float64 {
	values := map[string]float64{}
	for _, sample := range vector {
		labels := sample.Metric.Clone()
		delete(labels, model.MetricNameLabel)
		if len(labels) > 1 || labels["job"] == "" && labels["instance"] == "" {
			delete(labels, "job")
			delete(labels, "instance")
		}
		values[joined(labels)] = float64(sample.Value)
	}
	return values
}

func joined(labels model.Metric) string {
	var names []string
	for name := range labels {
		names = append(names, string(name))
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = string(labels[model.LabelName(name)])
	}
	return strings.Join(names, " ")
}
