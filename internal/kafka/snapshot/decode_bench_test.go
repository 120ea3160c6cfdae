// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

const decodedCommits = groupsPerRequest * 20 * 10

// fetchedAnswer is an answer about 100 groups with 200 commits each, and whom it
// was asked for.
func fetchedAnswer() (*scrape, []*cluster.Group, *kmsg.OffsetFetchResponse) {
	answer := kmsg.NewPtrOffsetFetchResponse()
	s := &scrape{
		memory:   &memory{},
		ask:      Request{Topic: anything},
		snapshot: &cluster.Snapshot{Topics: map[string]*cluster.Topic{}},
	}
	var groups []*cluster.Group
	for g := range groupsPerRequest {
		group := kmsg.NewOffsetFetchResponseGroup()
		group.Group = fmt.Sprintf("group-%d", g)
		for t := range 20 {
			topic := kmsg.NewOffsetFetchResponseGroupTopic()
			topic.Topic = fmt.Sprintf("topic-%d", t)
			s.snapshot.Topics[topic.Topic] = &cluster.Topic{Name: topic.Topic}
			for p := range int32(10) {
				partition := kmsg.NewOffsetFetchResponseGroupTopicPartition()
				partition.Partition, partition.Offset = p, 100
				topic.Partitions = append(topic.Partitions, partition)
			}
			group.Topics = append(group.Topics, topic)
		}
		answer.Groups = append(answer.Groups, group)
		groups = append(groups, &cluster.Group{Name: group.Group})
	}
	return s, groups, answer
}

// commitsDecoder takes over one answer.
func commitsDecoder() func() error {
	s, groups, answer := fetchedAnswer()
	request := newOffsetFetchRequest(groups)
	frame := encodeAnswer(request, answer)
	return func() error {
		got, _, err := wire.Decode(context.Background(), request, correlation, frame, func(r *wire.Reader) fetched { return s.decodeFetched(r, groups) })
		if all := s.takeCommits(context.Background(), nil, groups, got, err); len(all.failed) > 0 {
			return all.failed[0].err
		}
		return nil
	}
}

// offsetsDecoder takes over the ends of 100 topics with 200 partitions each.
func offsetsDecoder() func() error {
	r := toLeader{offsetQuery: offsetQuery{spec: logEnd}}
	answer := kmsg.NewPtrListOffsetsResponse()
	for t := range 100 {
		partitions := partitionsOf(fmt.Sprintf("topic-%d", t), 200)
		r.partitions = append(r.partitions, partitions...)
		topic := kmsg.NewListOffsetsResponseTopic()
		topic.Topic = partitions[0].topic.Name
		for _, p := range partitions {
			partition := kmsg.NewListOffsetsResponseTopicPartition()
			partition.Partition, partition.Offset = p.partition.ID, 100
			topic.Partitions = append(topic.Partitions, partition)
		}
		answer.Topics = append(answer.Topics, topic)
	}
	request := new(scrape).newListOffsetsRequest(r)
	frame := encodeAnswer(request, answer)
	return func() error {
		got, _, err := wire.Decode(context.Background(), request, correlation, frame, func(in *wire.Reader) offsetsOf { return decodeOffsets(in, r) })
		if len(got.failed) > 0 {
			return got.failed[0].err
		}
		return err
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, decode := range map[string]func() error{"commits": commitsDecoder(), "offsets": offsetsDecoder()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := decode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A topic of a group costs one allocation, for its commits; an offset costs none.
func TestAllocationsOfDecoding(t *testing.T) {
	for name, tt := range map[string]struct {
		decode func() error
		most   float64
	}{
		"commits": {commitsDecoder(), 0.11},
		"offsets": {offsetsDecoder(), 0.01},
	} {
		each := testing.AllocsPerRun(5, func() { require.NoError(t, tt.decode()) }) / decodedCommits
		assert.Less(t, each, tt.most, name)
	}
}
