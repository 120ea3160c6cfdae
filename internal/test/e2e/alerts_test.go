// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// alertPatience bounds the wait for an alert; the slowest takes 45 seconds.
const alertPatience = 5 * time.Minute

// watched are two ways of the same metrics: a Prometheus that scrapes a
// collector, and one that another collector writes to.
type watched map[string]*promtest.Server

// watch starts them on rules whose minutes are seconds. The collectors ask once
// in such a minute.
func watch(t *testing.T, brokers []string) watched {
	t.Helper()
	rules := hastened(t)
	const global = "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
	// What remote write no longer sends is seen for as long as that, which is longer than
	// a scrape takes while brokers hang.
	const lookback = "--query.lookback-delta=15s"
	ask := writeFile(t, "ask.yaml", `receivers: {kafkalag: {metrics: {
  kafka.partition.under_min_isr: {enabled: true}, kafka.partition.open_transaction_age: {enabled: true}}},
  kafkaprobe: {topic: fragile, loss_timeout: 3s}}`)
	quorum := writeFile(t, "quorum.yaml", askQuorum)

	scraped := start(t, brokersEnv(brokers...), shipped("default.yaml"), shipped("probe/default.yaml"), ask, quorum)
	written := promtest.Start(t, fmt.Sprintf("%srule_files: [%q]\n", global, rules), lookback, promtest.RemoteWrite)
	writer := &collector{exit: 1} // as config/self/remote-write.yaml says
	self := nobody(t)
	writer.run(t, append(brokersEnv(brokers...),
		"REMOTE_WRITE_ENDPOINT="+written.RemoteWriteURL(), "KAFKALAG_SELF="+self),
		shipped("remote-write.yaml"), shipped("probe/default.yaml"), shipped("self/remote-write.yaml"), ask, quorum, hastenSelf(t, self),
		writeFile(t, "health.yaml", fmt.Sprintf("extensions: {healthcheckv2: {http: {endpoint: %q}}}", nobody(t))))
	return watched{
		"remote write": written,
		"scraped": promtest.Start(t, fmt.Sprintf("%srule_files: [%q]\nscrape_configs: %s", global, rules, scrapeConfigs(t, scraped)),
			lookback),
	}
}

// askQuorum is the configuration of what alerts and dashboard show of the quorum.
const askQuorum = `receivers: {kafkalag: {metrics: {
  kafka.quorum.leader: {enabled: true},
  kafka.quorum.voters: {enabled: true},
  kafka.quorum.replica.lag: {enabled: true},
  kafka.quorum.replica.last_caught_up_age: {enabled: true}}}}`

// hastenSelf has a collector that sends its own metrics to this address do so
// each second.
func hastenSelf(t *testing.T, address string) string {
	t.Helper()
	return writeFile(t, "self.yaml", fmt.Sprintf(`service: {telemetry: {metrics: {readers: [
  {periodic: {interval: 1000, exporter: {otlp: {protocol: http/protobuf, endpoint: "http://%s"}}}}]}}}`, address))
}

// scrapeConfigs has Prometheus scrape collectors and their own telemetry.
func scrapeConfigs(t *testing.T, collectors ...*collector) string {
	t.Helper()
	var pages, telemetry []string
	for _, c := range collectors {
		pages, telemetry = append(pages, hostOf(t, c.metricsURL)), append(telemetry, hostOf(t, c.selfURL))
	}
	return fmt.Sprintf(`[
  {job_name: kafka, static_configs: [{targets: [%s]}]},
  {job_name: otelcol-kafkalag, static_configs: [{targets: [%s]}]},
]
`, strings.Join(pages, ","), strings.Join(telemetry, ","))
}

// fires waits until the alert fires, by both ways, with these labels ("name",
// "value", …) and texts that are whole.
func (w watched) fires(t *testing.T, alert string, labels ...string) {
	t.Helper()
	for way, prometheus := range w {
		require.EventuallyWithT(t, func(now *assert.CollectT) {
			found := matching(prometheus.Firing(now, alert), labels)
			require.NotEmpty(now, found, "%s: %s %v", way, alert, labels)
			for _, text := range found[0].Annotations {
				assert.NotContains(now, text, "no value")
				assert.NotContains(now, text, "error")
			}
		}, alertPatience, 200*time.Millisecond)
	}
	t.Logf("fires: %s %v", alert, labels)
}

// resolves waits until the alert no longer fires.
func (w watched) resolves(t *testing.T, alert string, labels ...string) {
	t.Helper()
	for way, prometheus := range w {
		require.EventuallyWithT(t, func(now *assert.CollectT) {
			assert.Empty(now, matching(prometheus.Firing(now, alert), labels), "%s: %s %v", way, alert, labels)
		}, alertPatience, 200*time.Millisecond)
	}
	t.Logf("resolves: %s %v", alert, labels)
}

// hasNever says that the expression, a selector, has had no value since the start.
func (w watched) hasNever(t *testing.T, selector string) {
	t.Helper()
	for way, prometheus := range w {
		assert.Empty(t, prometheus.Query(t, "count_over_time("+selector+"[1h])"), "%s: %s", way, selector)
	}
}

func matching(alerts []promtest.Alert, labels []string) []promtest.Alert {
	var found []promtest.Alert
	for _, alert := range alerts {
		matches := true
		for i := 0; i < len(labels); i += 2 {
			matches = matches && alert.Labels[labels[i]] == labels[i+1]
		}
		if matches {
			found = append(found, alert)
		}
	}
	return found
}

// Every alert fires on real Kafka for the reason that it names, but KafkaLagMissing,
// which takes an hour of silence, KafkaProbeMissing, which takes a collector that is gone,
// KafkaQuorumObserverBehind, which takes a broker that is no controller, and slow, and
// those on several collectors. Those on partitions, on controllers that are away, on partial scrapes, and
// on groups that stall or have no members are seen to resolve when it is gone.
func TestRulesAlertsFire(t *testing.T) {
	promtest.Need(t)
	binary(t)
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 3})
	kafka.CreateTopic(t, "orders", 3, 3, map[string]string{"min.insync.replicas": "3"})
	kafka.CreateTopic(t, "fragile", 3, 1, nil) // a partition on each broker
	kafka.CreateTopic(t, "ledger", 1, 3, nil)
	produceTransaction(t, kafka.Brokers(), "ledger")
	kafka.Commit(t, "settled", map[string]map[int32]int64{"ledger": {0: 1}}) // all but the transaction's end
	kafka.CreateTopic(t, "expiring", 1, 3, nil)
	kafka.ProduceEach(t, "expiring", 100)
	kafka.Commit(t, "losing", map[string]map[int32]int64{"expiring": {0: 10}})
	kafka.CreateTopic(t, "hour", 1, 3, map[string]string{"retention.ms": "3600000"})
	almost := time.Now().Add(-57 * time.Minute)
	kafka.ProduceAt(t, "hour", 0, almost, almost, almost)
	kafka.Commit(t, "doomed", map[string]map[int32]int64{"hour": {0: 1}})
	kafka.Commit(t, "stuck", map[string]map[int32]int64{"orders": {0: 0, 1: 0, 2: 0}})

	kafka.Broker(3).Kill(t)
	w := watch(t, kafka.Brokers())
	w.fires(t, "KafkaConsumerWillLoseData", "group", "doomed", "topic", "hour")
	kafka.DeleteTopic(t, "hour")
	w.resolves(t, "KafkaConsumerWillLoseData")
	w.fires(t, "KafkaPartitionOffline", "topic", "fragile")
	w.fires(t, "KafkaProbeBrokerUnavailable", "broker", "3")
	w.fires(t, "KafkaProbeRecordsFail", "broker", "3")
	w.fires(t, "KafkaPartitionUnderReplicated", "topic", "orders")
	w.fires(t, "KafkaPartitionUnderMinISR", "topic", "orders")
	w.fires(t, "KafkaQuorumVoterAway", "kafka_cluster_id", kafka.ID())
	w.fires(t, "KafkaLagScrapePartial", "receiver", "kafkalag") // the end of what is offline is not known
	kafka.Broker(3).Start(t)
	for _, alert := range []string{
		"KafkaPartitionOffline", "KafkaPartitionUnderReplicated", "KafkaPartitionUnderMinISR", "KafkaQuorumVoterAway", "KafkaLagScrapePartial",
		"KafkaProbeBrokerUnavailable", "KafkaProbeRecordsFail",
	} {
		w.resolves(t, alert)
	}

	produce(t, kafka.Brokers(), "orders", 6)
	stopBilling := consume(t, kafka.Brokers(), "billing", 1000)
	stopSlow := consume(t, kafka.Brokers(), "slow", 2)
	kafka.ReadFromStart(t, "workers")
	kafka.ShareConsume(t, "workers", "orders", 6)
	w.fires(t, "KafkaShareGroupWithoutMembers", "group", "workers")
	w.fires(t, "KafkaShareGroupTimeLag", "group", "workers", "topic", "orders")
	stuck := kafka.Join(t, "stuck", "orders")
	w.fires(t, "KafkaConsumerGroupStalled", "group", "stuck", "topic", "orders")
	w.fires(t, "KafkaConsumerGroupTimeLag", "group", "stuck", "topic", "orders")
	w.fires(t, "KafkaConsumerGroupLagGrowing", "group", "slow", "topic", "orders")
	w.fires(t, "KafkaConsumerNotCatchingUp", "group", "slow", "topic", "orders")
	w.hasNever(t, `ALERTS{alertname=~"KafkaConsumerGroupStalled|KafkaConsumerGroupWithoutMembers", alertstate="firing", group!="stuck"}`)
	stuck.Leave()
	w.resolves(t, "KafkaConsumerGroupStalled", "group", "stuck") // it has no members now
	w.fires(t, "KafkaConsumerGroupWithoutMembers", "group", "stuck")

	stopBilling()
	w.fires(t, "KafkaConsumerGroupWithoutMembers", "group", "billing")
	stopBilling = consume(t, kafka.Brokers(), "billing", 1000)
	w.resolves(t, "KafkaConsumerGroupWithoutMembers", "group", "billing")

	w.hasNever(t, `ALERTS{alertname="KafkaConsumerLosesData"}`)
	kafka.DeleteRecords(t, "expiring", 0, 60)
	w.fires(t, "KafkaConsumerLosesData", "group", "losing", "topic", "expiring")
	w.hasNever(t, `ALERTS{group="settled"}`)

	kafka.CreateTopic(t, "held", 1, 3, nil)
	end := kafka.OpenTransaction(t, "held", 0, time.Now().Add(-time.Minute))
	w.fires(t, "KafkaTransactionHangs", "topic", "held")
	end(kgo.TryAbort)
	w.resolves(t, "KafkaTransactionHangs")

	w.hasNever(t, `ALERTS{alertname="KafkaProbeRecordsLost"}`)
	kafka.ConfigureTopic(t, "fragile", "compression.type", "gzip") // in which the probe does not read its records
	w.fires(t, "KafkaProbeRecordsLost", "broker", "1")

	w.hasNever(t, `ALERTS{alertname="KafkaLagClusterMissing", alertstate="firing"}`)
	w.resolves(t, "KafkaLagScrapeFailing")
	stopBilling()
	stopSlow()
	w.hasNever(t, `ALERTS{alertname="KafkaQuorumWithoutLeader", alertstate="firing"}`)
	kafka.Broker(2).Kill(t)
	kafka.Broker(3).Kill(t)
	w.fires(t, "KafkaQuorumWithoutLeader", "kafka_cluster_id", kafka.ID())
	kafka.Broker(1).Kill(t)
	w.fires(t, "KafkaLagScrapeFailing", "receiver", "kafkalag")
	w.fires(t, "KafkaLagClusterMissing", "kafka_cluster_id", kafka.ID())
}

// produceTransaction writes a record in a transaction of its own.
func produceTransaction(t *testing.T, brokers []string, topic string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.TransactionalID(topic), kgo.DefaultProduceTopic(topic))
	require.NoError(t, err)
	defer client.Close()
	require.NoError(t, client.BeginTransaction())
	require.NoError(t, client.ProduceSync(t.Context(), kgo.StringRecord("v")).FirstErr())
	require.NoError(t, client.EndTransaction(t.Context(), kgo.TryCommit))
}
