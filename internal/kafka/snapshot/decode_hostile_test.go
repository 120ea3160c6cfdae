// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

// question is a request that scrapes make, and what reads the answer.
type question struct {
	request wire.Request
	decode  func(context.Context, []byte) error
}

func ask[T any](request wire.Request, decode func(*wire.Reader) T) question {
	return question{request, func(ctx context.Context, frame []byte) error {
		_, _, err := wire.Decode(ctx, request, correlation, frame, decode)
		return err
	}}
}

// questions is every request, about a topic t of two partitions and a group g.
func questions() map[string]question {
	groups := []*cluster.Group{{Name: "g"}, {Name: "h"}}
	partitions := partitionsOf("t", 2)
	leader := toLeader{offsetQuery: offsetQuery{logEnd, partitions}}
	s := &scrape{
		memory:   &memory{},
		ask:      Request{Topic: anything, Group: anything, Assignments: true, Owners: true},
		snapshot: &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": partitions[0].topic}},
	}
	node := &broker.Node{ID: 1}
	configs := wire.DescribeConfigs(kmsg.NewPtrDescribeConfigsRequest())
	return map[string]question{
		"Metadata":                   ask(newMetadataRequest(false), decodeMetadata),
		"ListGroups":                 ask(newListGroupsRequest(s.ask), func(r *wire.Reader) groupsOf { return s.decodeGroups(r, node) }),
		"OffsetFetch":                ask(newOffsetFetchRequest(groups), func(r *wire.Reader) fetched { return s.decodeFetched(r, groups) }),
		"OffsetFetch, one":           ask(newOffsetFetchRequest(groups[:1]), func(r *wire.Reader) fetched { return s.decodeFetched(r, groups[:1]) }),
		"ListOffsets":                ask(s.newListOffsetsRequest(leader), func(r *wire.Reader) offsetsOf { return decodeOffsets(r, leader) }),
		"DescribeGroups":             ask(newDescribeGroupsRequest(nil), s.decodeClassic),
		"ConsumerGroupDescribe":      ask(newConsumerGroupDescribeRequest(nil), s.decodeConsumer),
		"StreamsGroupDescribe":       ask(newStreamsGroupDescribeRequest(nil), s.decodeStreams),
		"ShareGroupDescribe":         ask(newShareGroupDescribeRequest(nil), decodeShareGroups),
		"DescribeShareGroupOffsets":  ask(newShareOffsetsRequest(groups), func(r *wire.Reader) fetched { return s.decodeShare(r, groups) }),
		"ListPartitionReassignments": ask(newListPartitionReassignmentsRequest(partitions, 0), decodeReassignments),
		"DescribeConfigs":            ask(configs, decodeResources),
		"DescribeTopicPartitions":    ask(newDescribeTopicPartitionsRequest([]string{"t"}, nil), s.decodeEligibleLeaders),
		"DescribeQuorum":             ask(newDescribeQuorumRequest(), decodeQuorum),
		"DescribeLogDirs":            ask(newDescribeLogDirsRequest(), func(r *wire.Reader) logDirsOf { return s.decodeLogDirs(r, node) }),
	}
}

// hostile is an answer that consists of one element, again and again.
type hostile struct {
	api     string
	before  []byte // what stands before the array
	element []byte
	after   []byte
}

// none is n bytes of zeros: numbers, absent strings and no tags.
func none(n int) []byte { return make([]byte, n) }

// with are bytes one after the other.
func with(parts ...[]byte) []byte { return slices.Concat(parts...) }

var (
	text  = []byte{1} // an empty string, or an empty array
	one   = []byte{2} // an array of one
	topic = []byte{2, 't'}
	group = []byte{2, 'g'}

	// inStreamsGroup is what stands before the topology of a streams group,
	// streamsMemberHead before the tasks of its only member, and streamsMemberTail
	// after the active ones.
	inStreamsGroup    = with(none(4), one, none(3), group, text, none(8))
	streamsMemberHead = with(text, none(4), text, text, text, text, none(4), text, []byte{0xff}, text, text, text)
	streamsMemberTail = with(text, text, none(1), text, text, text, none(9))
	// manyTopics is an array of many empty names.
	manyTopics = append(kbin.AppendUvarint(nil, 300_001), bytes.Repeat(text, 300_000)...)
)

// hostileAnswers is those to the newest versions that are understood here.
var hostileAnswers = map[string]hostile{
	"brokers":                   {"Metadata", none(4), with(none(4), text, none(6)), with(none(5), text, none(1))},
	"topics":                    {"Metadata", with(none(4), text, none(5)), with(none(2), text, none(17), text, none(5)), none(1)},
	"partitions":                {"Metadata", with(none(4), text, none(5), one, none(2), topic, none(17)), with(none(14), text, text, text, none(1)), none(6)},
	"listed groups":             {"ListGroups", none(6), with(text, text, text, text, none(1)), none(1)},
	"groups with commits":       {"OffsetFetch", none(4), with(text, text, none(3)), none(1)},
	"commits of a group":        {"OffsetFetch", with(none(4), one, group), with(text, text, none(1)), none(4)},
	"commits in a topic":        {"OffsetFetch", with(none(4), one, group, one, topic), none(20), none(5)},
	"offsets":                   {"ListOffsets", none(4), with(text, text, none(1)), none(1)},
	"offsets of a topic":        {"ListOffsets", with(none(4), one, topic), none(27), none(2)},
	"classic groups":            {"DescribeGroups", none(4), with(none(2), text, text, text, text, text, none(5)), none(1)},
	"classic members":           {"DescribeGroups", with(none(4), one, none(2), group, text, text, text), with(text, none(1), text, text, text, text, none(1)), none(6)},
	"consumer groups":           {"ConsumerGroupDescribe", none(4), with(none(3), text, text, none(8), text, text, none(5)), none(1)},
	"assignments":               {"ConsumerGroupDescribe", with(none(4), one, none(3), group, text, none(8), text, one, text, none(6), text, text, text, none(1)), with(none(16), text, text, none(1)), with(none(1), text, none(9))},
	"owners":                    {"ConsumerGroupDescribe", with(none(4), one, none(3), group, text, none(8), text), with(text, none(6), text, text, text, none(1), one, none(16), topic, one, none(4), none(2), one, none(16), topic, one, none(4), none(2), none(2)), none(6)},
	"partitions of an owner":    {"ConsumerGroupDescribe", with(none(4), one, none(3), group, text, none(8), text, one, text, none(6), text, text, text, none(1), one, none(16), topic), none(4), with(none(2), text, none(9))},
	"streams groups":            {"StreamsGroupDescribe", none(4), with(none(3), text, text, none(8), []byte{0xff}, text, none(5)), none(1)},
	"subtopologies":             {"StreamsGroupDescribe", with(inStreamsGroup, none(5)), with(text, text, text, text, text, none(1)), with(none(1), text, none(6))},
	"source topics":             {"StreamsGroupDescribe", with(inStreamsGroup, none(5), one, text), text, with(text, text, text, none(2), text, none(6))},
	"internal topics":           {"StreamsGroupDescribe", with(inStreamsGroup, none(5), one, text, text, text, text), with(text, none(6), text, none(1)), with(none(2), text, none(6))},
	"streams members":           {"StreamsGroupDescribe", with(inStreamsGroup, []byte{0xff}), with(streamsMemberHead, text, text, text, none(1), text, text, text, none(3)), none(6)},
	"tasks":                     {"StreamsGroupDescribe", with(inStreamsGroup, none(5), one, topic, one, topic, text, text, text, none(2), one, streamsMemberHead), with(topic, one, none(5)), streamsMemberTail},
	"tasks without partitions":  {"StreamsGroupDescribe", with(inStreamsGroup, none(5), one, topic, manyTopics, text, text, text, none(2), one, streamsMemberHead), with(topic, text, none(1)), streamsMemberTail},
	"share groups":              {"ShareGroupDescribe", none(4), with(none(3), text, text, none(8), text, text, none(5)), none(1)},
	"share members":             {"ShareGroupDescribe", with(none(4), one, none(3), group, text, none(8), text), with(text, none(5), text, text, text, text, none(2)), none(6)},
	"share groups with offsets": {"DescribeShareGroupOffsets", none(4), with(text, text, none(4)), none(1)},
	"offsets of a share group":  {"DescribeShareGroupOffsets", with(none(4), one, group), with(text, none(16), text, none(1)), none(5)},
	"share offsets in a topic":  {"DescribeShareGroupOffsets", with(none(4), one, group, one, topic, none(16)), none(28), none(6)},
	"reassigned topics":         {"ListPartitionReassignments", with(none(6), text), with(text, text, none(1)), none(1)},
	"reassigned partitions":     {"ListPartitionReassignments", with(none(6), text, one, topic), with(none(4), text, text, text, none(1)), none(2)},
	"topics with leaders":       {"DescribeTopicPartitions", none(4), with(none(2), text, none(17), text, none(5)), with([]byte{255}, none(1))},
	"partitions with leaders":   {"DescribeTopicPartitions", with(none(4), one, none(2), topic, none(17)), with(none(14), text, text, text, text, text, none(1)), with(none(5), []byte{255}, none(1))},
	"quorum logs":               {"DescribeQuorum", with(none(2), text, one, text), with(none(6), text, none(16), text, text, none(1)), with(none(1), text, none(1))},
	"quorum replicas":           {"DescribeQuorum", with(none(2), text, one, text, one, none(6), text, none(16)), none(45), with(text, none(2), text, none(1))},
	"quorum nodes":              {"DescribeQuorum", with(none(2), text, text), with(none(4), text, none(1)), none(1)},
	"resources":                 {"DescribeConfigs", none(4), with(none(4), text, text, none(1)), none(1)},
	"settings":                  {"DescribeConfigs", with(none(4), one, none(4), topic), with(text, none(4), text, none(3)), none(2)},
	"log directories":           {"DescribeLogDirs", none(6), with(none(2), text, text, none(18)), none(1)},
	"sizes":                     {"DescribeLogDirs", with(none(6), one, none(2), text, one, topic), none(22), none(20)},
}

// frame is an answer of about size bytes.
func (h hostile) frame(size int) []byte {
	n := size / len(h.element)
	frame := binary.BigEndian.AppendUint32(nil, correlation)
	frame = append(frame, 0) // no tags
	frame = append(frame, h.before...)
	frame = kbin.AppendUvarint(frame, uint32(n+1))
	frame = append(frame, bytes.Repeat(h.element, n)...)
	return append(frame, h.after...)
}

// What an answer costs is in proportion to its bytes, those in which the elements
// are empty too.
func TestMemoryOfHostileAnswers(t *testing.T) {
	const size = 8 << 20
	for name, h := range hostileAnswers {
		t.Run(name, func(t *testing.T) {
			q := questions()[h.api]
			q.request.SetVersion(q.request.Max)
			frame := h.frame(size)
			before := allocated()
			err := q.decode(t.Context(), frame)
			t.Logf("%s %.1f bytes for each, %v", name, float64(allocated()-before)/size, err)
			// Reading the answer took up to three times its bytes before.
			assert.Less(t, allocated()-before, uint64(13*size))

			frame = h.frame(2 * len(h.element))
			assert.NoError(t, q.decode(t.Context(), frame), "two of them are an answer")
		})
	}
}

// docs/requests.md lists the requests, and the versions in which each is
// understood.
func TestRequestsPage(t *testing.T) {
	written := map[string][2]string{}
	for _, row := range docs.Read(t, "docs/requests.md").Rows() {
		if newest, versions := row.Cells["newest"]; versions {
			written[row.Cells["request"]] = [2]string{row.Cells["oldest"], newest}
		}
	}
	made := map[string][2]string{}
	for _, q := range questions() {
		r := q.request
		oldest, newest := fmt.Sprint(r.Min), fmt.Sprint(r.Max)
		if r.Name() == broker.APIOffsetFetch {
			oldest = "2" // for one group
		}
		made[r.Name()] = [2]string{oldest, newest}
	}
	assert.Equal(t, made, written)
}

// Whatever a broker answers, it is an answer or an error, for which memory is
// used in proportion.
func FuzzAnswers(f *testing.F) {
	for _, h := range hostileAnswers {
		f.Add(h.api, int8(100), h.frame(200)[5:])
		f.Add(h.api, int8(100), h.frame(200)[5:100])
	}
	f.Add("DescribeGroups", int8(0), with(none(3), []byte{1}, none(9), []byte{8}, []byte("consumer"), none(6), []byte{1}, none(14), assignment))
	f.Fuzz(func(t *testing.T, api string, version int8, body []byte) {
		q, known := questions()[api]
		if !known {
			return
		}
		q.request.SetVersion(min(max(int16(version), q.request.Min), q.request.Max))
		frame := binary.BigEndian.AppendUint32(nil, correlation)
		if q.request.IsFlexible() {
			frame = append(frame, 0)
		}
		frame = append(frame, body...)
		before := allocated()
		_ = q.decode(t.Context(), frame)
		assert.Less(t, allocated()-before, uint64(16<<20+16*len(frame)))
	})
}
