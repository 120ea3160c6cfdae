// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const decodedCommits = groupsPerRequest * 20 * 10

// decoder takes over one answer of 100 groups with 200 commits each.
func decoder() func() []groupError {
	answer := &sarama.OffsetFetchResponse{Version: multiGroupFetch}
	s := &scrape{
		memory:   &memory{},
		ask:      Request{Topic: anything},
		snapshot: &cluster.Snapshot{Topics: map[string]*cluster.Topic{}},
	}
	var groups []*cluster.Group
	for g := range groupsPerRequest {
		group := sarama.OffsetFetchResponseGroup{GroupId: fmt.Sprintf("group-%d", g)}
		for t := range 20 {
			topic := fmt.Sprintf("topic-%d", t)
			s.snapshot.Topics[topic] = &cluster.Topic{Name: topic}
			for p := range int32(10) {
				group.AddBlock(topic, p, &sarama.OffsetFetchResponseBlock{Offset: 100})
			}
		}
		answer.Groups = append(answer.Groups, group)
		groups = append(groups, &cluster.Group{Name: group.GroupId})
	}
	return func() []groupError { return s.decodeGroups(groups, answer) }
}

func BenchmarkDecode(b *testing.B) {
	decode := decoder()
	b.ReportAllocs()
	for b.Loop() {
		if failed := decode(); len(failed) > 0 {
			b.Fatal(failed)
		}
	}
}

// A topic of a group costs one allocation, for its commits.
func TestAllocationsOfDecoding(t *testing.T) {
	decode := decoder()
	each := testing.AllocsPerRun(5, func() { decode() }) / decodedCommits
	assert.Less(t, each, 0.15)
}
