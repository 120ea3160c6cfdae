// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Each series that kafka_exporter would show is on /metrics with the same value,
// and nothing else is: on a cluster that is whole, and on one that has lost a
// broker.
func TestE2EShowsWhatKafkaExporterShows(t *testing.T) {
	kafka := startExporterCluster(t)
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("kafka-exporter.yaml"))
	whole := c.awaitSeries(t, func() series { return exporterSeries(t, kafka) })
	t.Logf("%d series", len(whole))
	for name, family := range c.scrape(t) {
		assert.Equal(t, dto.MetricType_GAUGE, family.GetType(), name)
	}

	kafka.Broker(2).Kill(t)
	c.awaitSeries(t, func() series { return withHeld(t, exporterSeries(t, kafka), whole) })
}

// holds finds what is shown of a topic without replicas although a broker has
// gone: nobody can write to a partition without a leader, so its last known ends
// still hold, and so do the commits of its groups and their lag.
var holds = regexp.MustCompile(`^kafka_(topic_partition_(current|oldest)_offset|consumergroup_(current_offset|lag)(_sum)?)\{.*topic="single"`)

// withHeld adds to what is reported after a broker has gone what still holds of
// before.
func withHeld(t *testing.T, now, before series) series {
	t.Helper()
	held := 0
	for key, value := range before {
		if holds.MatchString(key) {
			if newer, known := now[key]; !known || newer != value {
				held++
			}
			now[key] = value
		}
	}
	require.Positive(t, held, "what is not reported any more")
	return now
}

// Consumers that commit to ZooKeeper, on a Kafka that has one.
func TestE2EShowsKafkaExportersZooKeeperLag(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{Version: "2.8.2"})
	kafka.CreateTopic(t, "orders", 2, 1, nil)
	kafka.ProduceEach(t, "orders", 10, 20)
	kafka.CommitToZooKeeper(t, "old", map[string]map[int32]int64{"orders": {0: 4, 1: 20}})
	kafka.CommitToZooKeeper(t, "left-out", map[string]map[int32]int64{"orders": {0: 4}})
	c := start(t, append(brokersEnv(kafka.Brokers()...), "KAFKA_ZOOKEEPER="+kafka.ZooKeeper(), "KAFKA_GROUP_EXCLUDE=^left"), shipped("kafka-exporter.yaml"))
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"old orders 0": 6, "old orders 1": 0},
			found.values(now, "kafka_consumergroupzookeeper_lag_zookeeper", "consumergroup", "topic", "partition"))
	})
	assert.NotContains(t, c.scrape(t), "kafka_consumer_group_zookeeper_lag")
}

// The variables that stand for kafka_exporter's flags do what these do, and a
// metric that kafka_exporter does not have can be added.
func TestE2EKafkaExporterSettings(t *testing.T) {
	kafka := startKafka(t)
	kafka.CreateTopic(t, "payments", 1, 1, nil)
	kafka.CreateTopic(t, "payments-old", 1, 1, nil)
	kafka.Commit(t, "console-1", map[string]map[int32]int64{"orders": {0: 4}})
	kafka.Commit(t, "audit", map[string]map[int32]int64{"orders": {0: 4}, "payments": {0: 0}})
	c := start(t, append(brokersEnv(kafka.Brokers()...), `KAFKA_LABELS={cluster: orders, shard: "7"}`,
		"KAFKA_TOPIC_FILTER=[a-z]+", "KAFKA_TOPIC_EXCLUDE=-old$", "KAFKA_GROUP_FILTER=^(billing|console-1)$", "KAFKA_GROUP_EXCLUDE=^console-"),
		shipped("kafka-exporter.yaml"), writeFile(t, "mine.yaml", exampleBlock.FindStringSubmatch(exporterGuide(t))[1]))
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"orders": 3, "payments": 1}, found.values(now, "kafka_topic_partitions", "topic"))
		assert.Equal(now, billingLag, found.values(now, "kafka_consumergroup_lag", "consumergroup", "topic", "partition"))
		assert.Contains(now, found.values(now, "kafka_consumer_group_time_lag_max", "consumergroup", "topic"), "billing orders")
	})
	for name, family := range c.scrape(t) {
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, pair := range metric.GetLabel() {
				labels[pair.GetName()] = pair.GetValue()
			}
			assert.Equal(t, []string{"orders", "7"}, []string{labels["cluster"], labels["shard"]}, name)
		}
	}
}

// What stands for kafka_exporter's build_info, go_… and process_… is among the
// collector's own metrics, as the guide says.
func TestE2EReportsOnItselfAsKafkaExporter(t *testing.T) {
	c := start(t, []string{"KAFKA_BROKERS=" + nobody(t)}, shipped("kafka-exporter.yaml"))
	named := regexp.MustCompile(`\botelcol_process_\w*[a-z]\b`).FindAllString(exporterGuide(t), -1)
	assert.Len(t, named, 2)
	c.selfEventually(t, func(now *assert.CollectT, found families) {
		for _, name := range named {
			assert.Positive(now, found.values(now, name)[""], name)
		}
		versions := slices.Collect(maps.Keys(found.values(now, "target_info", "service_name", "service_version")))
		if assert.Len(now, versions, 1) {
			assert.Regexp(now, `^otelcol-kafkalag \d+\.\d+\.\d+`, versions[0])
		}
	})
}

// Two clusters behind one endpoint, as the guide says: what it lists is repeated
// of the shipped config, and the aliases distinguish the clusters.
func TestE2EKafkaExporterOfTwoClusters(t *testing.T) {
	first, second := startKafka(t), startKafka(t)
	second.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 10, 1: 10, 2: 10}})
	text, err := os.ReadFile(shipped("kafka-exporter.yaml"))
	require.NoError(t, err)
	var config struct {
		Receivers struct {
			Kafkalag map[string]any
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &config))
	repeated := map[string]any{"cluster_alias": "two", "brokers": second.Brokers()}
	_, list, _ := strings.Cut(exporterGuide(t), "and repeat ")
	list, _, _ = strings.Cut(list, "as the config has them")
	for _, key := range quoted.FindAllStringSubmatch(list, -1) {
		require.Contains(t, config.Receivers.Kafkalag, key[1])
		repeated[key[1]] = config.Receivers.Kafkalag[key[1]]
	}
	both, err := yaml.Marshal(map[string]any{
		"receivers": map[string]any{"kafkalag": map[string]any{"cluster_alias": "one"}, "kafkalag/second": repeated},
		"service":   map[string]any{"pipelines": map[string]any{"metrics": map[string]any{"receivers": []string{"kafkalag", "kafkalag/second"}}}},
	})
	require.NoError(t, err)

	c := start(t, brokersEnv(first.Brokers()...), shipped("kafka-exporter.yaml"), writeFile(t, "both.yaml", string(both)))
	c.awaitScrapes(t, "kafkalag", "kafkalag/second")
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{
			"one billing 0": 6, "one billing 1": 0, "one billing 2": 1,
			"two billing 0": 0, "two billing 1": 10, "two billing 2": 20,
		}, found.values(now, "kafka_consumergroup_lag", "kafka_cluster_alias", "consumergroup", "partition"))
	})
	for key := range c.scrape(t).series(t) {
		assert.NotContains(t, key, "kafka_cluster_id")
		assert.NotContains(t, key, "kafka_consumer_group")
	}
}

// startExporterCluster starts three brokers, and puts into them what
// kafka_exporter distinguishes: topics with one replica and with several, with
// records deleted and without any; groups with and without members, of both
// protocols, that committed in some partitions, in all, and beyond the end.
func startExporterCluster(t *testing.T) *kafkatest.Cluster {
	t.Helper()
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 3})
	for topic, replicas := range map[string]int16{"orders": 3, "single": 1} {
		kafka.CreateTopic(t, topic, 3, replicas, nil)
		kafka.ProduceEach(t, topic, 10, 20, 30)
	}
	kafka.CreateTopic(t, "empty", 2, 3, nil)
	kafka.DeleteRecords(t, "orders", 2, 7)

	kafka.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 4, 1: 20, 2: 29}, "single": {0: 1, 1: 1, 2: 1}})
	kafka.Commit(t, "partial", map[string]map[int32]int64{"orders": {1: 5}, "empty": {0: 0}})
	kafka.Commit(t, "ahead", map[string]map[int32]int64{"orders": {0: 25, 1: 15}}) // "single" may lose leaders: what is beyond an end then is unknown
	kafka.Commit(t, "live", map[string]map[int32]int64{"orders": {0: 1, 2: 8}})
	kafka.Join(t, "live", "orders")
	kafka.Commit(t, "modern", map[string]map[int32]int64{"orders": {0: 2}})
	kafka.JoinConsumer(t, "modern", "orders")
	return kafka
}

// awaitSeries waits until /metrics shows what is wanted, which is asked anew
// each time: a cluster that has just changed is still settling.
func (c *collector) awaitSeries(t *testing.T, wanted func() series) series {
	t.Helper()
	for deadline := time.Now().Add(3 * patience); ; time.Sleep(tick) {
		want, shown := wanted(), c.scrape(t).series(t)
		if maps.Equal(want, shown) {
			return want
		}
		if time.Now().After(deadline) {
			require.Equal(t, want, shown)
		}
	}
}

// series are all that a page shows.
func (f families) series(t testing.TB) series {
	t.Helper()
	all := series{}
	for name, family := range f {
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, pair := range metric.GetLabel() {
				labels[pair.GetName()] = pair.GetValue()
			}
			all.add(t, metric.GetGauge().GetValue()+metric.GetCounter().GetValue(), name, labels)
		}
	}
	return all
}
