// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// series are values by name and labels, as Prometheus writes these.
type series map[string]float64

func (s series) add(t testing.TB, value float64, name string, labels map[string]string) {
	t.Helper()
	key := seriesKey(name, labels)
	require.NotContains(t, s, key)
	s[key] = value
}

func seriesKey(name string, labels map[string]string) string {
	var pairs []string
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, label+"="+strconv.Quote(labels[label]))
	}
	return name + "{" + strings.Join(pairs, ",") + "}"
}

// exporterSeries is what kafka_exporter is to show of the cluster, by the
// definition of its metrics, with the values of Kafka's own tools.
func exporterSeries(t *testing.T, kafka *kafkatest.Cluster) series {
	t.Helper()
	s := series{}
	s.addBrokers(t, askTool(t, kafka, "ClusterTool", "list-endpoints"))
	s.addTopics(t, askTool(t, kafka, "TopicCommand", "--describe"))
	// A partition without a leader would hold the tool up for a minute.
	patience := writeFile(t, "client.properties", "default.api.timeout.ms=3000\nrequest.timeout.ms=3000\n")
	s.addOffsets(t, "kafka_topic_partition_current_offset", askTool(t, kafka, "GetOffsetShell", "--time", "latest", "--command-config", patience))
	s.addOffsets(t, "kafka_topic_partition_oldest_offset", askTool(t, kafka, "GetOffsetShell", "--time", "earliest", "--command-config", patience))
	s.addMembers(t, askTool(t, kafka, "consumer.group.ConsumerGroupCommand", "--describe", "--all-groups", "--state"))
	s.addLags(t, kafka.DescribeAllGroups(t))
	return s
}

// askTool gives the lines that a tool of Kafka 4 prints.
func askTool(t testing.TB, kafka *kafkatest.Cluster, class string, args ...string) []string {
	t.Helper()
	args = append(args, "--bootstrap-server", strings.Join(kafka.Brokers(), ","))
	return strings.Split(strings.TrimSpace(kafka.Tool(t, "org.apache.kafka.tools."+class, args...)), "\n")
}

func (s series) addBrokers(t testing.TB, lines []string) {
	t.Helper()
	for _, line := range lines[1:] { // below the columns' names
		fields := strings.Fields(line)
		require.Equal(t, []string{"unfenced", "broker"}, fields[4:], line)
		s.add(t, 1, "kafka_broker_info", map[string]string{"id": fields[0], "address": fields[1] + ":" + fields[2]})
	}
	s.add(t, float64(len(lines)-1), "kafka_brokers", nil)
}

// replicaLine is a partition's; a leader that is missing is "none".
var replicaLine = regexp.MustCompile(`^\tTopic: (\S+)\tPartition: (\d+)\tLeader: (\S+)\tReplicas: (\S+)\tIsr: (\S*)`)

func (s series) addTopics(t testing.TB, lines []string) {
	t.Helper()
	partitions := map[string]int{}
	for _, line := range lines {
		found := replicaLine.FindStringSubmatch(line)
		if found == nil {
			require.Regexp(t, `^Topic: `, line)
			continue
		}
		partitions[found[1]]++
		labels := map[string]string{"topic": found[1], "partition": found[2]}
		leader, replicas, inSync := found[3], strings.Split(found[4], ","), strings.FieldsFunc(found[5], isComma)
		if id, err := strconv.Atoi(leader); err == nil {
			s.add(t, float64(id), "kafka_topic_partition_leader", labels)
		}
		s.add(t, float64(len(replicas)), "kafka_topic_partition_replicas", labels)
		s.add(t, float64(len(inSync)), "kafka_topic_partition_in_sync_replica", labels)
		s.add(t, oneIf(leader == replicas[0]), "kafka_topic_partition_leader_is_preferred", labels)
		s.add(t, oneIf(len(inSync) < len(replicas)), "kafka_topic_partition_under_replicated_partition", labels)
	}
	for topic, n := range partitions {
		s.add(t, float64(n), "kafka_topic_partitions", map[string]string{"topic": topic})
	}
}

func isComma(r rune) bool { return r == ',' }

func oneIf(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}

// addOffsets takes lines of topic:partition:offset.
func (s series) addOffsets(t testing.TB, name string, lines []string) {
	t.Helper()
	for _, line := range lines {
		fields := strings.Split(line, ":")
		require.Len(t, fields, 3, line)
		s.add(t, number(t, fields[2]), name, map[string]string{"topic": fields[0], "partition": fields[1]})
	}
}

// addMembers takes a table for each group, whose first column is the group and
// whose last is the number of its members.
func (s series) addMembers(t testing.TB, lines []string) {
	t.Helper()
	for i, line := range lines {
		if strings.HasPrefix(line, "GROUP ") {
			fields := strings.Fields(lines[i+1])
			s.add(t, number(t, fields[len(fields)-1]), "kafka_consumergroup_members", map[string]string{"consumergroup": fields[0]})
		}
	}
}

func (s series) addLags(t testing.TB, rows map[kafkatest.GroupTopicPartition]kafkatest.OffsetLag) {
	t.Helper()
	for row, described := range rows {
		if described.Offset == kafkatest.Absent {
			continue
		}
		topic := map[string]string{"consumergroup": row.Group, "topic": row.Topic}
		partition := maps.Clone(topic)
		partition["partition"] = strconv.Itoa(int(row.Partition))
		s.add(t, float64(described.Offset), "kafka_consumergroup_current_offset", partition)
		s[seriesKey("kafka_consumergroup_current_offset_sum", topic)] += float64(described.Offset)
		if described.Lag != kafkatest.Absent {
			lag := float64(max(described.Lag, 0))
			s.add(t, lag, "kafka_consumergroup_lag", partition)
			s[seriesKey("kafka_consumergroup_lag_sum", topic)] += lag
		}
	}
}

func number(t testing.TB, text string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return value
}
