// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// all are the brokers of a cluster of three.
var all = []int32{1, 2, 3}

func everyBroker(available int64) map[string]int64 {
	return map[string]int64{"broker=1": available, "broker=2": available, "broker=3": available}
}

// A broker that is paused is unavailable within the SLA, and the others are not. Of two
// collectors one probes.
func TestIntegrationProbeOfAPausedBroker(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 3})
	r := run(t, kafka.Brokers(), func(c *Config) { c.Commit = true })
	r.awaitReceived(t, 5, all...)
	await(t, "all available", func() bool { return assert.ObjectsAreEqual(everyBroker(1), r.available(t)) })
	await(t, "a commit", func() bool { return histograms(r.metrics(t))["kafka.probe.commit.duration"] > 0 })

	kafka.Broker(2).Pause(t)
	paused := time.Now()
	await(t, "broker 2 unavailable", func() bool {
		return assert.ObjectsAreEqual(map[string]int64{"broker=1": 1, "broker=2": 0, "broker=3": 1}, r.available(t))
	})
	t.Logf("unavailable after %v", time.Since(paused))
	for range 20 { // for two seconds
		time.Sleep(100 * time.Millisecond)
		assert.Zero(t, r.available(t)["broker=2"], "others may be late on a slow machine")
	}
	await(t, "a line", func() bool { return saysUnavailable(r, 2) })

	kafka.Broker(2).Resume(t)
	kafka.Await(t)
	await(t, "all available", func() bool { return assert.ObjectsAreEqual(everyBroker(1), r.available(t)) })
	for _, broker := range all {
		assert.Zero(t, r.messages(t, broker, "lost"), broker)
	}
	probeInTurns(t, kafka.Brokers(), all, func(c *Config) { c.Topic = "turns" }, func(r *running) { require.NoError(t, r.shutdown(t.Context())) })
}

// Records that too few replicas have fail at once. The broker whose replicas are
// missing is unavailable, too: the cluster does not have it.
func TestIntegrationProbeOfMinInsyncReplicas(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 3})
	r := run(t, kafka.Brokers(), func(c *Config) { c.ReplicationFactor = 3 })
	r.awaitReceived(t, 1, all...)
	kafka.ConfigureTopic(t, testTopic, "min.insync.replicas", "3")
	kafka.Broker(3).Stop(t)
	await(t, "failed records", func() bool { return r.messages(t, 1, "failed") > 3 && r.messages(t, 2, "failed") > 3 })
	await(t, "all unavailable", func() bool { return assert.ObjectsAreEqual(everyBroker(0), r.available(t)) })
	await(t, "the reason", func() bool {
		return errorCodeOf(r, 1) == "NOT_ENOUGH_REPLICAS" && errorCodeOf(r, 2) == "NOT_ENOUGH_REPLICAS"
	})
	await(t, "a line for each", func() bool { return saysUnavailable(r, all...) })
}

// saysUnavailable reports whether the log has a line about each of the brokers. It may
// have others, of brokers that are late on a slow machine.
func saysUnavailable(r *running, brokers ...int32) bool {
	named := map[any]bool{}
	for _, line := range r.lines("does not serve") {
		named[line["broker"]] = true
	}
	return !slices.ContainsFunc(brokers, func(broker int32) bool { return !named[broker] })
}

// errorCodeOf is why a broker is not available.
func errorCodeOf(r *running, broker int32) string {
	return kafkaerr.Code(r.prober.view(time.Now()).brokers[broker].err)
}

// With three replicas nothing that was acknowledged is lost while the brokers restart.
func TestIntegrationProbeOfARollingRestart(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 3, Properties: map[string]string{
		"leader.imbalance.check.interval.seconds": "1", "leader.imbalance.per.broker.percentage": "0",
	}})
	r := run(t, kafka.Brokers(), func(c *Config) { c.ReplicationFactor = 3; c.LossTimeout = 30 * time.Second })
	r.awaitReceived(t, 5, all...)
	for _, broker := range all {
		kafka.Broker(broker).Stop(t)
		await(t, "unavailable", func() bool { available, known := r.available(t)[key(broker)]; return known && available == 0 })
		kafka.Broker(broker).Start(t)
		await(t, "all available", func() bool { return assert.ObjectsAreEqual(everyBroker(1), r.available(t)) })
	}
	r.awaitReceived(t, 5, all...)
	for _, broker := range all {
		assert.Zero(t, r.messages(t, broker, "lost"), broker)
		t.Log(broker, r.messages(t, broker, "received"), r.messages(t, broker, "late"), r.messages(t, broker, "failed"))
	}
}

func key(broker int32) string { return fmt.Sprintf("broker=%d", broker) }

// Old brokers are written to and read as well, from the first that know the format.
func TestIntegrationProbeVersions(t *testing.T) {
	for _, version := range []string{"0.11.0.3", "2.8.2", "3.9.1"} {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version})
			r := run(t, kafka.Brokers(), func(c *Config) { c.Commit = true })
			r.awaitReceived(t, 3, 1)
			await(t, "a commit", func() bool { return histograms(r.metrics(t))["kafka.probe.commit.duration"] > 0 })
			assert.Zero(t, r.messages(t, 1, "lost"))
		})
	}
}

// A login without rights gets the command for the topic, once, and begins when an
// administrator has run it and the one for the rights. With these it creates the topic
// by itself; a broker without a partition gets the command that adds one.
func TestIntegrationProbeRights(t *testing.T) {
	kafka := startWithRights(t)
	r := run(t, kafka.Addresses(listener), func(c *Config) {
		c.Auth.SASL = &sasl.Config{Mechanism: "PLAIN", Username: "probe", Password: "p"}
		c.ReplicationFactor = 2
	})
	await(t, "a line", func() bool { return len(r.lines("There is no topic")) == 1 })
	assert.Equal(t, "TOPIC_AUTHORIZATION_FAILED", r.lines("There is no topic")[0]["error_code"])
	runCommand(t, kafka, commandFor(t, r, "There is no topic"))
	assert.Equal(t, [][]int32{{1, 2}, {2, 1}}, replicas(t, kafka))
	assert.Len(t, r.lines("There is no topic"), 1)
	for _, command := range pageCommands(t, "kafka-acls.sh") {
		runCommand(t, kafka, command)
	}
	r.awaitReceived(t, 1, 1, 2)

	kafka.DeleteTopic(t, testTopic)
	r.awaitReceived(t, 1, 1, 2)
	assert.Equal(t, [][]int32{{1, 2}, {2, 1}}, replicas(t, kafka))

	kafka.CreateTopic(t, "small", 1, 1, nil)
	other := run(t, kafka.Brokers(), func(c *Config) { c.Topic = "small" })
	await(t, "a line", func() bool { return len(other.lines("Brokers are not probed")) == 1 })
	runCommand(t, kafka, commandFor(t, other, "Brokers are not probed"))
	other.awaitReceived(t, 1, 1, 2)
}

// listener is where logins are asked for.
const listener = "SASL"

// startWithRights runs a cluster of two brokers that knows the user probe, and allows it
// nothing.
func startWithRights(t *testing.T) *kafkatest.Cluster {
	t.Helper()
	return kafkatest.Start(t, kafkatest.Options{
		Brokers:   2,
		Listeners: []kafkatest.Listener{{Name: listener, Protocol: "SASL_PLAINTEXT"}},
		Properties: map[string]string{
			"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":           "User:ANONYMOUS",
			"listener.name.sasl.sasl.enabled.mechanisms": "PLAIN",
			"listener.name.sasl.plain.sasl.jaas.config":  `org.apache.kafka.common.security.plain.PlainLoginModule required user_probe="p";`,
		},
	})
}

// commandFor is the remedy in the line with this text.
func commandFor(t *testing.T, r *running, text string) []string {
	t.Helper()
	lines := r.lines(text)
	require.NotEmpty(t, lines)
	return strings.Fields(lines[0]["remedy"].(string))
}

// pageCommands are those of docs/probe.md that run a tool.
func pageCommands(t *testing.T, tool string) [][]string {
	t.Helper()
	var found [][]string
	for _, block := range docs.Read(t, "docs/probe.md").Blocks() {
		if block.Language == "console" {
			for _, command := range block.Commands() {
				if command.Args[0] == tool {
					found = append(found, command.Args)
				}
			}
		}
	}
	require.NotEmpty(t, found)
	return found
}

// runCommand runs one of Kafka's tools as an administrator.
func runCommand(t *testing.T, kafka *kafkatest.Cluster, command []string) {
	t.Helper()
	class := map[string]string{
		"kafka-topics.sh": "org.apache.kafka.tools.TopicCommand", "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
	}[command[0]]
	require.NotEmpty(t, class, command[0])
	args := slices.Clone(command[1:])
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "--bootstrap-server":
			args[i+1] = kafka.Brokers()[0]
		case "--command-config":
			args = slices.Delete(args, i, i+2)
			i--
		}
	}
	kafka.Tool(t, class, args...)
}

// replicas returns those of each partition of the topic.
func replicas(t *testing.T, kafka *kafkatest.Cluster) [][]int32 {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...))
	require.NoError(t, err)
	defer client.Close()
	topics, err := kadm.NewClient(client).ListTopics(t.Context(), testTopic)
	require.NoError(t, err)
	var all [][]int32
	for _, p := range topics[testTopic].Partitions.Sorted() {
		all = append(all, p.Replicas)
	}
	return all
}
