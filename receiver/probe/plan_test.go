// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
)

// topology has these brokers, and a partition for each list of replicas. The first
// replica leads it, if the cluster has that broker.
func topology(brokers []int32, replicas ...[]int32) echo.Topology {
	t := echo.Topology{Brokers: map[int32]cluster.Broker{}}
	for _, id := range brokers {
		t.Brokers[id] = cluster.Broker{ID: id}
	}
	for i, of := range replicas {
		p := cluster.Partition{ID: int32(i), Leader: cluster.NoBroker, Replicas: of}
		if _, member := t.Brokers[of[0]]; member {
			p.Leader = of[0]
		}
		t.Partitions = append(t.Partitions, p)
	}
	return t
}

func TestTargets(t *testing.T) {
	moved := topology([]int32{1, 2}, []int32{1, 2}, []int32{2, 1})
	moved.Partitions[1].Leader = 1
	without := topology([]int32{1})
	without.Partitions = []cluster.Partition{{ID: 0, Leader: 1}}
	for name, tt := range map[string]struct {
		topology   echo.Topology
		targets    map[int32]target
		add, elect string
	}{
		"a partition for each broker": {
			topology([]int32{1, 2}, []int32{1}, []int32{2}),
			map[int32]target{1: {0, 1, true}, 2: {1, 2, true}},
			"", "",
		},
		"several partitions of a broker": {
			topology([]int32{7}, []int32{7}, []int32{7}),
			map[int32]target{7: {0, 7, true}},
			"", "",
		},
		"a broker that is gone": {
			topology([]int32{1}, []int32{1}, []int32{2}),
			map[int32]target{1: {0, 1, true}, 2: {1, cluster.NoBroker, false}},
			"", "",
		},
		"another leads": {
			moved,
			map[int32]target{1: {0, 1, true}, 2: {1, 1, true}},
			"",
			"kafka-leader-election.sh --bootstrap-server k:9092 --election-type preferred --topic otelcol-kafkalag-probe --partition 1",
		},
		"brokers that were added": {
			topology([]int32{1, 3, 4}, []int32{1, 3}),
			map[int32]target{1: {0, 1, true}},
			"kafka-topics.sh --bootstrap-server k:9092 --alter --topic otelcol-kafkalag-probe --partitions 3 --replica-assignment 1:3,3:4,4:1", "",
		},
		"a partition without replicas": {
			without,
			map[int32]target{},
			"kafka-topics.sh --bootstrap-server k:9092 --alter --topic otelcol-kafkalag-probe --partitions 2 --replica-assignment ,1", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			cfg.Brokers = []string{"k:9092"}
			targets := targetsOf(tt.topology)
			assert.Equal(t, tt.targets, targets)
			assert.Equal(t, tt.add, addCommand(cfg, tt.topology, targets))
			assert.Equal(t, tt.elect, electCommand(cfg, targets))
		})
	}
}

func TestTargetsAreLimited(t *testing.T) {
	var replicas [][]int32
	for id := range int32(2 * maxBrokers) {
		replicas = append(replicas, []int32{id})
	}
	assert.Len(t, targetsOf(topology(nil, replicas...)), maxBrokers)
}

func TestAssignment(t *testing.T) {
	brokers := topology([]int32{5, 1, 3}).Brokers
	assert.Equal(t, [][]int32{{1}, {3}, {5}}, assignmentFor(brokers, 1))
	assert.Equal(t, [][]int32{{1, 3}, {3, 5}, {5, 1}}, assignmentFor(brokers, 2))
	assert.Equal(t, [][]int32{{1, 3, 5}, {3, 5, 1}, {5, 1, 3}}, assignmentFor(brokers, 9), "no more than there are")
	assert.Empty(t, assignmentFor(nil, 1))
	for broker := range int32(2 * maxBrokers) {
		brokers[broker] = cluster.Broker{}
	}
	assert.Len(t, assignmentFor(brokers, 1), maxBrokers, "whatever the metadata claims")
}

func TestCreateCommand(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Brokers, cfg.ReplicationFactor = []string{"k:9092", "l:9092"}, 2
	assert.Equal(t, "kafka-topics.sh --bootstrap-server k:9092 --create --topic otelcol-kafkalag-probe --replica-assignment 1:2,2:1"+
		" --config cleanup.policy=delete --config retention.ms=3600000 --config segment.ms=3600000 --config compression.type=producer",
		createCommand(cfg, topology([]int32{1, 2}).Brokers))
}

// Metadata that names other brokers each time does not take memory without end.
func TestForgetsBrokersThatAreGone(t *testing.T) {
	p := newProber(createDefaultConfig().(*Config), nil, nil, zap.NewNop())
	for broker := range int32(2*maxKept + 1) {
		p.ledgerOf(broker)
		p.setMember(broker, true)
		p.setLane(broker, nil)
		p.state.report(p.now(), strconv.Itoa(int(broker)), "unavailable", zapcore.WarnLevel, "The broker does not serve")
	}
	assert.LessOrEqual(t, len(p.ledgers), maxKept)
	assert.LessOrEqual(t, len(p.state.said), maxKept)
	assert.Empty(t, p.members)
}

// A command is not as long as the metadata.
func TestCommandsOfManyBrokers(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Brokers = []string{"kafka-1:9092"}
	many := topology(nil)
	for broker := range int32(maxInCommand + 1) {
		many.Brokers[broker] = cluster.Broker{}
	}
	assert.Equal(t, "create the topic, with a partition for each of the 201 brokers", createCommand(cfg, many.Brokers))
	assert.Equal(t, "add partitions to the topic: 201 brokers lack one", addCommand(cfg, many, nil))
}
