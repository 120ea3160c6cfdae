// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// dirs has each broker answer with these log directories.
func dirs(fake *kafkatest.Fake, change func(broker int32, answer *kmsg.DescribeLogDirsResponse)) {
	fake.Rewrite(kmsg.DescribeLogDirs, func(broker int32, answer kmsg.Response) {
		change(broker, answer.(*kmsg.DescribeLogDirsResponse))
	})
}

func dir(path string, code *kerr.Error, partitions ...kmsg.DescribeLogDirsResponseDirTopicPartition) kmsg.DescribeLogDirsResponseDir {
	d := kmsg.NewDescribeLogDirsResponseDir()
	d.Dir, d.TotalBytes, d.UsableBytes = path, 1000, 400
	if code != nil {
		d.ErrorCode = code.Code
	}
	topic := kmsg.NewDescribeLogDirsResponseDirTopic()
	topic.Topic, topic.Partitions = "t0", partitions
	d.Topics = append(d.Topics, topic)
	return d
}

func TestLogDirs(t *testing.T) {
	fake := seeded(t, 1, 3, 0) // broker p leads partition p
	dirs(fake, func(broker int32, answer *kmsg.DescribeLogDirsResponse) {
		type partition = kmsg.DescribeLogDirsResponseDirTopicPartition
		answer.Dirs = []kmsg.DescribeLogDirsResponseDir{
			dir("/b", nil, partition{Partition: 0, Size: 10}, partition{Partition: 1, Size: 11}, partition{Partition: 9, Size: 1}),
			dir("/a", nil, partition{Partition: 2, Size: 12}, partition{Partition: 0, Size: 4, IsFuture: true}),
		}
		if broker == 2 {
			answer.Dirs = answer.Dirs[:1]
			answer.Dirs = append(answer.Dirs, dir("/offline", kerr.KafkaStorageError), dir("/unclear", kerr.UnknownServerError))
		}
		answer.Dirs[0].IsCordoned = broker == 0
	})
	client := newTestClient(t, fake.Brokers()...)
	fake.ResetRequests()
	s := snapshot(t, client, Request{Topic: anything, LogDirs: true})
	assert.Equal(t, 3, fake.Requests()["DescribeLogDirs"], "one to each broker")
	b := cluster.LogDir{Path: "/b", Size: 22, SizeKnown: true, Total: 1000, Usable: 400, VolumeKnown: true, CordonedKnown: true}
	a := cluster.LogDir{Path: "/a", Size: 16, SizeKnown: true, Total: 1000, Usable: 400, VolumeKnown: true, CordonedKnown: true}
	cordoned := b
	cordoned.Cordoned = true
	assert.Equal(t, map[int32][]cluster.LogDir{0: {a, cordoned}, 1: {a, b}, 2: {b, {Path: "/offline", Offline: true}}}, s.LogDirs)
	for p, want := range []int64{10, 11, 0} { // the leader's, and partition 2 lies in the directory that is offline
		assert.Equal(t, want, s.Topics["t0"].Partitions[p].Size)
		assert.Equal(t, want > 0, s.Topics["t0"].Partitions[p].SizeKnown)
	}
	require.Len(t, s.Failures, 2)
	for i, want := range [][2]string{{"KAFKA_STORAGE_ERROR", "log directory /offline"}, {"UNKNOWN_SERVER_ERROR", "log directory /unclear"}} {
		assert.Equal(t, want[0], s.Failures[i].Code)
		require.ErrorContains(t, s.Failures[i].Err, want[1])
		assert.Equal(t, int32(2), s.Failures[i].Broker)
	}
}

// Log dirs that a broker refuses to describe, or cannot, affect only their metrics.
func TestLogDirsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(broker int32, answer *kmsg.DescribeLogDirsResponse)
		code   string
	}{
		"by an error":     {func(_ int32, a *kmsg.DescribeLogDirsResponse) { a.ErrorCode, a.Dirs = 31, nil }, "CLUSTER_AUTHORIZATION_FAILED"},
		"without a word":  {func(_ int32, a *kmsg.DescribeLogDirsResponse) { a.Dirs = nil }, cluster.CodeIncomplete},
		"an unknown size": {func(_ int32, a *kmsg.DescribeLogDirsResponse) { a.Dirs[0].TotalBytes = -1 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 3, 2)
			dirs(fake, tt.change)
			ask := everything()
			ask.LogDirs = true
			s := snapshot(t, newTestClient(t, fake.Brokers()...), ask)
			codes := map[string]int{}
			for _, f := range s.Failures {
				codes[f.Code]++
			}
			if tt.code == "" {
				assert.Empty(t, codes)
				assert.False(t, slices.ContainsFunc(s.LogDirs[0], func(d cluster.LogDir) bool { return d.VolumeKnown }))
			} else {
				assert.Equal(t, map[string]int{tt.code: 3}, codes)
				assert.Empty(t, s.LogDirs)
			}
			s.Failures = nil
			requireWhole(t, s, 1, 3, 2)
		})
	}
}

// Sizes that cannot be are of no partition, and leave the directory without one.
func TestLogDirSizesThatDoNotFit(t *testing.T) {
	type partition = kmsg.DescribeLogDirsResponseDirTopicPartition
	fake := seeded(t, 1, 3, 0)
	dirs(fake, func(_ int32, answer *kmsg.DescribeLogDirsResponse) {
		answer.Dirs = []kmsg.DescribeLogDirsResponseDir{
			dir("/negative", nil, partition{Partition: 0, Size: -1}),
			dir("/too-large", nil, partition{Partition: 1, Size: math.MaxInt64}, partition{Partition: 2, Size: 1}),
		}
	})
	s := snapshot(t, newTestClient(t, fake.Brokers()...), Request{Topic: anything, LogDirs: true})
	for _, d := range s.LogDirs[1] {
		assert.False(t, d.SizeKnown, d.Path)
	}
	for p, known := range []bool{false, true, false} {
		assert.Equal(t, known, s.Topics["t0"].Partitions[p].SizeKnown)
	}
}

// One of two directories is cordoned, and then lost.
func TestIntegrationSoakLogDirs(t *testing.T) {
	for _, version := range kafkatest.VersionsWithNewGroups() {
		t.Run(version, func(t *testing.T) {
			cordons := version != "4.2.0"
			dir := t.TempDir()
			first, second := filepath.Join(dir, "1"), filepath.Join(dir, "2")
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version, Properties: map[string]string{
				"log.dirs": first + "," + second, "replica.high.watermark.checkpoint.interval.ms": "500",
			}})
			client := newTestClient(t, kafka.Brokers()...)
			dirs := func() map[string]cluster.LogDir { // the one that is being lost has another error at first
				byPath := map[string]cluster.LogDir{}
				for _, d := range snapshot(t, client, Request{Topic: anything, LogDirs: true}).LogDirs[1] {
					byPath[d.Path] = d
				}
				return byPath
			}
			for path, d := range dirs() {
				assert.Contains(t, []string{first, second}, path)
				assert.False(t, d.Offline)
				assert.False(t, d.Cordoned)
				assert.Equal(t, cordons, d.CordonedKnown)
			}
			assert.Len(t, dirs(), 2)
			if cordons {
				kafka.ConfigureBroker(t, 1, "cordoned.log.dirs", second)
				require.Eventually(t, func() bool { return dirs()[second].Cordoned }, time.Minute, 100*time.Millisecond)
				assert.False(t, dirs()[first].Cordoned)
			}
			require.NoError(t, os.RemoveAll(second))
			require.Eventually(t, func() bool { return dirs()[second].Offline }, time.Minute, 100*time.Millisecond)
			assert.Equal(t, cluster.LogDir{Path: second, Offline: true}, dirs()[second])
			assert.False(t, dirs()[first].Offline)
		})
	}
}
