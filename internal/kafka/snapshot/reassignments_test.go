// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func askReassignments() Request { return Request{Topic: anything, Reassignments: true} }

func TestReassignments(t *testing.T) {
	fake := seeded(t, 1, 3, 0)
	client := newTestClient(t, fake.Brokers()...)
	fake.ResetRequests()
	assert.Empty(t, snapshot(t, client, askReassignments()).Failures)
	assert.Zero(t, fake.Requests()["ListPartitionReassignments"], "none lacks replicas")
	fake.AddReplica("t0", 0, 0, 1)
	s := snapshot(t, client, askReassignments())
	assert.Empty(t, s.Failures)
	assert.Equal(t, &cluster.Reassignment{Replicas: []int32{0, 1}, Adding: []int32{1}}, s.Topics["t0"].Partitions[0].Reassignment)
	assert.False(t, s.Topics["t0"].Partitions[0].UnderReplicated())
	assert.Nil(t, s.Topics["t0"].Partitions[1].Reassignment)
	assert.Equal(t, 1, fake.Requests()["ListPartitionReassignments"])

	fake.ResetRequests()
	assert.True(t, snapshot(t, client, Request{Topic: anything}).Topics["t0"].Partitions[0].UnderReplicated())
	assert.Zero(t, fake.Requests()["ListPartitionReassignments"], "no enabled metric needs it")
}

// Without the answer it is as before Kafka 2.4: replicas that are being added
// count as lacking.
func TestReassignmentsThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		arrange func(*kafkatest.Fake)
		code    string
	}{
		"before Kafka 2.4": {arrange: func(fake *kafkatest.Fake) { fake.Without(kmsg.ListPartitionReassignments) }},
		"without the right": {
			arrange: func(fake *kafkatest.Fake) {
				fake.Rewrite(kmsg.ListPartitionReassignments, func(_ int32, answer kmsg.Response) {
					*answer.(*kmsg.ListPartitionReassignmentsResponse) = kmsg.ListPartitionReassignmentsResponse{
						Version: answer.GetVersion(), ErrorCode: kerr.ClusterAuthorizationFailed.Code,
					}
				})
			},
			code: "CLUSTER_AUTHORIZATION_FAILED",
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 3, 0)
			fake.AddReplica("t0", 0, 0, 1)
			tt.arrange(fake)
			s := snapshot(t, newTestClient(t, fake.Brokers()...), askReassignments())
			assert.True(t, s.Topics["t0"].Partitions[0].UnderReplicated())
			var codes []string
			for _, f := range s.Failures {
				codes = append(codes, f.Code)
				assert.Equal(t, "an ACL is missing: Describe on the cluster", f.Cause)
			}
			assert.Equal(t, tt.code, strings.Join(codes, " "))
		})
	}
}

// With ZooKeeper only the controller answers, and which broker that is may be news to
// metadata that is kept.
func TestControllerHasMoved(t *testing.T) {
	fake := seeded(t, 1, 3, 0)
	fake.AddReplica("t0", 0, 0, 1)
	var controller atomic.Int32
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.MetadataResponse).ControllerID = controller.Load()
	})
	fake.Rewrite(kmsg.ListPartitionReassignments, func(broker int32, answer kmsg.Response) {
		if broker != controller.Load() {
			*answer.(*kmsg.ListPartitionReassignmentsResponse) = kmsg.ListPartitionReassignmentsResponse{
				Version: answer.GetVersion(), ErrorCode: kerr.NotController.Code,
			}
		}
	})
	cfg := testConfig(fake.Brokers()...)
	cfg.Metadata.RefreshInterval = time.Hour
	client := newClientOf(t, cfg, nil)
	for _, next := range []int32{0, 1, 1} {
		controller.Store(next)
		fake.ResetRequests()
		s := snapshot(t, client, askReassignments())
		assert.Empty(t, s.Failures)
		assert.NotNil(t, s.Topics["t0"].Partitions[0].Reassignment)
	}
	assert.Equal(t, 1, fake.Requests()["ListPartitionReassignments"], "of the controller that is known by now")
	assert.Zero(t, fake.Requests()["Metadata"])
}

// A request_timeout may be longer than a number of milliseconds in a request.
func TestReassignmentsTimeout(t *testing.T) {
	for timeout, want := range map[time.Duration]int32{
		10 * time.Second: 10_000,
		math.MaxInt64:    math.MaxInt32,
	} {
		request := newListPartitionReassignmentsRequest(nil, timeout).Request.(*kmsg.ListPartitionReassignmentsRequest)
		assert.Equal(t, want, request.TimeoutMillis)
	}
}

// Kafka's own tool is the authority, while replicas are being added to a broker
// that hangs, and while others lack it.
func TestIntegrationUnderReplicated(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 3})
	topics := func(args ...string) string {
		return kafka.Tool(t, "org.apache.kafka.tools.TopicCommand", append([]string{"--bootstrap-server", kafka.Brokers()[0]}, args...)...)
	}
	topics("--create", "--topic", "moving", "--replica-assignment", "1,2,1")
	topics("--create", "--topic", "lacking", "--replica-assignment", "1:3,2:1,2:3,1:3")
	kafka.Broker(3).Pause(t)
	client := newTestClient(t, kafka.Brokers()...)
	ask := askReassignments()
	ask.Topic = func(name string) bool { return name == "moving" || name == "lacking" }
	under := func() (names []string) {
		for name, topic := range snapshot(t, client, ask).Topics {
			for i := range topic.Partitions {
				if topic.Partitions[i].UnderReplicated() {
					names = append(names, name+" "+string(rune('0'+i)))
				}
			}
		}
		slices.Sort(names)
		return names
	}
	require.Eventually(t, func() bool { return slices.Equal(under(), []string{"lacking 0", "lacking 2", "lacking 3"}) },
		30*time.Second, 200*time.Millisecond, "the cluster gives the broker up")

	alive := kafkatest.NewSeed(kafka.Brokers()[:2]...)
	alive.Reassign(t, "moving", map[int32][]int32{0: {1, 3}, 1: {2, 1}, 2: {3}})
	alive.Reassign(t, "lacking", map[int32][]int32{0: {1}, 3: {3, 1, 2}})
	row := regexp.MustCompile(`Topic: (\S+)\s+Partition: (\d+)`)
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		var listed []string
		for _, found := range row.FindAllStringSubmatch(topics("--describe", "--under-replicated-partitions", "--exclude-internal"), -1) {
			listed = append(listed, found[1]+" "+found[2])
		}
		slices.Sort(listed)
		assert.Equal(now, listed, under())
		assert.NotContains(now, listed, "moving 0")
		assert.Contains(now, listed, "lacking 2")
	}, time.Minute, time.Second)
	t.Log(under(), topics("--describe", "--exclude-internal"))
}

// A reassignment that is throttled is seen while it lasts. Kafka's own tool is the
// authority on what it adds and removes.
func TestIntegrationReassigning(t *testing.T) {
	const small = "1000" // bytes in a fetch, of which the throttle lets one through at once
	kafka := kafkatest.Start(t, kafkatest.Options{Brokers: 2, Properties: map[string]string{"replica.fetch.max.bytes": small}})
	tool := func(class string, args ...string) string {
		return kafka.Tool(t, "org.apache.kafka.tools."+class, append([]string{"--bootstrap-server", kafka.Brokers()[0]}, args...)...)
	}
	tool("TopicCommand", "--create", "--topic", "moving", "--replica-assignment", "1,1")
	for range 20 {
		kafka.Produce(t, "moving", 0, 20)
	}
	plan := filepath.Join(t.TempDir(), "plan.json")
	require.NoError(t, os.WriteFile(plan, []byte(`{"version": 1, "partitions": [{"topic": "moving", "partition": 0, "replicas": [2]}]}`), 0o600))
	const command = "reassign.ReassignPartitionsCommand"
	tool(command, "--reassignment-json-file", plan, "--execute", "--throttle", "10")

	client := newTestClient(t, kafka.Brokers()...)
	partition := func(id int) cluster.Partition {
		return snapshot(t, client, askReassignments()).Topics["moving"].Partitions[id]
	}
	require.Eventually(t, func() bool { return partition(0).Reassignment != nil }, time.Minute, 200*time.Millisecond)
	assert.Equal(t, &cluster.Reassignment{Replicas: []int32{2, 1}, Adding: []int32{2}, Removing: []int32{1}}, partition(0).Reassignment)
	assert.Contains(t, tool(command, "--list"), "moving-0: replicas: 2,1. adding: 2. removing: 1.")
	assert.NotNil(t, partition(0).Reassignment, "it is under way still")
	assert.Nil(t, partition(1).Reassignment)

	tool(command, "--reassignment-json-file", plan, "--execute", "--additional", "--throttle", "100000000")
	require.Eventually(t, func() bool { return slices.Equal(partition(0).Replicas, []int32{2}) }, time.Minute, 200*time.Millisecond)
	assert.Nil(t, partition(0).Reassignment)
}
