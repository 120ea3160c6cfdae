// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
)

// maxBrokers is how many brokers are written to, whatever the metadata claims.
const maxBrokers = 1000

// maxKept is how many brokers are remembered, those that are gone included: metadata may
// name others each time.
const maxKept = 2 * maxBrokers

// maxInCommand is how many partitions a command names: it is a line of the log.
const maxInCommand = 200

// target is the partition that stands for a broker: the first one whose first replica
// it is.
type target struct {
	partition int32
	// leader is who leads it now, or [cluster.NoBroker].
	leader int32
	// member says that the cluster has the broker.
	member bool
}

// targetsOf returns the partitions to write to, by the broker that each stands for.
func targetsOf(t echo.Topology) map[int32]target {
	targets := map[int32]target{}
	for _, p := range t.Partitions {
		if len(p.Replicas) == 0 || len(targets) == maxBrokers {
			continue
		}
		broker := p.Replicas[0]
		if _, has := targets[broker]; !has {
			_, member := t.Brokers[broker]
			targets[broker] = target{p.ID, p.Leader, member}
		}
	}
	return targets
}

// assignmentFor returns the replicas of a partition for each broker: itself first, then
// those that come after it.
func assignmentFor(brokers map[int32]cluster.Broker, replicationFactor int) [][]int32 {
	ids := slices.Sorted(maps.Keys(brokers))
	ids = ids[:min(len(ids), maxBrokers)]
	assignment := make([][]int32, len(ids))
	for i := range ids {
		for next := range min(replicationFactor, len(ids)) {
			assignment[i] = append(assignment[i], ids[(i+next)%len(ids)])
		}
	}
	return assignment
}

// topicSettings keep the topic small: an hour or two of records.
func topicSettings() []echo.Setting {
	const hour = "3600000"
	return []echo.Setting{{Name: "cleanup.policy", Value: "delete"}, {Name: "retention.ms", Value: hour}, {Name: "segment.ms", Value: hour}, {Name: "compression.type", Value: "producer"}}
}

// createCommand is what an administrator runs to create the topic.
func createCommand(cfg *Config, brokers map[int32]cluster.Broker) string {
	if len(brokers) > maxInCommand {
		return fmt.Sprintf("create the topic, with a partition for each of the %d brokers", len(brokers))
	}
	var settings strings.Builder
	for _, s := range topicSettings() {
		fmt.Fprintf(&settings, " --config %s=%s", s.Name, s.Value)
	}
	return fmt.Sprintf("kafka-topics.sh --bootstrap-server %s --create --topic %s --replica-assignment %s%s",
		cfg.Brokers[0], cfg.Topic, asArgument(assignmentFor(brokers, cfg.ReplicationFactor)), settings.String())
}

// addCommand is what an administrator runs to give a partition to each broker that no
// partition stands for, "" where there is none.
func addCommand(cfg *Config, t echo.Topology, targets map[int32]target) string {
	assignment := make([][]int32, 0, len(t.Partitions))
	replicas := 1
	for _, p := range t.Partitions {
		assignment = append(assignment, p.Replicas)
		replicas = max(replicas, len(p.Replicas))
	}
	for _, of := range assignmentFor(t.Brokers, replicas) {
		if _, has := targets[of[0]]; !has {
			assignment = append(assignment, of)
		}
	}
	if len(assignment) == len(t.Partitions) {
		return ""
	}
	if len(assignment) > maxInCommand {
		return fmt.Sprintf("add partitions to the topic: %d brokers lack one", len(assignment)-len(t.Partitions))
	}
	return fmt.Sprintf("kafka-topics.sh --bootstrap-server %s --alter --topic %s --partitions %d --replica-assignment %s",
		cfg.Brokers[0], cfg.Topic, len(assignment), asArgument(assignment))
}

// electCommand is what an administrator runs to have a broker lead its partition again,
// "" where all do. A partition without a leader cannot be given one.
func electCommand(cfg *Config, targets map[int32]target) string {
	for _, broker := range slices.Sorted(maps.Keys(targets)) {
		if to := targets[broker]; to.member && to.leader != cluster.NoBroker && to.leader != broker {
			return fmt.Sprintf("kafka-leader-election.sh --bootstrap-server %s --election-type preferred --topic %s --partition %d",
				cfg.Brokers[0], cfg.Topic, to.partition)
		}
	}
	return ""
}

// asArgument writes replicas as kafka-topics.sh wants them: 1:2,2:3,3:1.
func asArgument(assignment [][]int32) string {
	partitions := make([]string, len(assignment))
	for i, replicas := range assignment {
		ids := make([]string, len(replicas))
		for j, id := range replicas {
			ids[j] = strconv.Itoa(int(id))
		}
		partitions[i] = strings.Join(ids, ":")
	}
	return strings.Join(partitions, ",")
}
