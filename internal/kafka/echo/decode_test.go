// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package echo

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

type reader = *wire.Reader

const correlation = 7

// decode runs what reads a part of an answer.
func decode[T any](t *testing.T, read func(reader) T) T {
	t.Helper()
	request := wire.Request{Request: kmsg.NewPtrFetchRequest(), Throttle: never}
	frame := binary.BigEndian.AppendUint32(nil, correlation)
	value, _, err := wire.Decode(t.Context(), request, correlation, frame, read)
	require.NoError(t, err)
	return value
}

// question is a request that the probe makes, and what reads the answer.
type question struct {
	request wire.Request
	decode  func(context.Context, []byte) error
}

func ask[T any](request wire.Request, decode func(reader) T) question {
	return question{request, func(ctx context.Context, frame []byte) error {
		_, _, err := wire.Decode(ctx, request, correlation, frame, decode)
		return err
	}}
}

func questions() map[string]question {
	return map[string]question{
		"Produce":         ask(newProduceRequest("t", 0, nil, 0), func(r reader) produced { return decodeProduced(r, "t", 0) }),
		"Fetch":           ask(newFetchRequest("t", 0, 0, 0), func(r reader) fetched { return decodeFetched(r, "t", 0, 0) }),
		"CreateTopics":    ask(newCreateTopicsRequest("t", nil, nil, 0), decodeCreated),
		"FindCoordinator": ask(newFindCoordinatorRequest("g"), decodeCoordinator),
		"OffsetCommit":    ask(newCommitRequest("t", "g", map[int32]int64{0: 0}), decodeCommitted),
	}
}

// Answers as a broker writes them are read in every version that is understood.
func TestEveryVersionIsRead(t *testing.T) {
	for name, q := range questions() {
		for version := q.request.Min; version <= q.request.Max; version++ {
			t.Run(fmt.Sprint(name, version), func(t *testing.T) {
				q.request.SetVersion(version)
				answer := fullAnswer(q.request)
				frame := answer.AppendTo(binary.BigEndian.AppendUint32(nil, correlation))
				require.NoError(t, q.decode(t.Context(), frame))
				require.Error(t, q.decode(t.Context(), frame[:len(frame)-1]))
				assert.Error(t, q.decode(t.Context(), append(frame, 0)))
			})
		}
	}
}

// fullAnswer is an answer with an element in each of its arrays.
func fullAnswer(request wire.Request) kmsg.Response {
	answer := request.ResponseKind()
	answer.SetVersion(request.GetVersion())
	switch answer := answer.(type) {
	case *kmsg.ProduceResponse:
		answer.Topics = []kmsg.ProduceResponseTopic{{Topic: "t", Partitions: []kmsg.ProduceResponseTopicPartition{{}}}}
	case *kmsg.FetchResponse:
		answer.Topics = []kmsg.FetchResponseTopic{{Topic: "t", Partitions: []kmsg.FetchResponseTopicPartition{{
			AbortedTransactions: []kmsg.FetchResponseTopicPartitionAbortedTransaction{{}}, RecordBatches: batchAt(0, "a"),
		}}}}
	case *kmsg.CreateTopicsResponse:
		answer.Topics = []kmsg.CreateTopicsResponseTopic{{Topic: "t", ErrorMessage: new("why")}}
	case *kmsg.FindCoordinatorResponse:
		answer.Host, answer.ErrorMessage = "h", new("why")
	case *kmsg.OffsetCommitResponse:
		answer.Topics = []kmsg.OffsetCommitResponseTopic{{Topic: "t", Partitions: []kmsg.OffsetCommitResponseTopicPartition{{}}}}
	}
	return answer
}

// The page lists the requests, and the versions in which each is understood.
func TestRequestsOnThePage(t *testing.T) {
	written := map[string][2]string{}
	for _, row := range docs.Read(t, "docs/probe.md").Rows() {
		if newest, versions := row.Cells["newest"]; versions {
			written[row.Cells["request"]] = [2]string{row.Cells["oldest"], newest}
		}
	}
	made := map[string][2]string{}
	for name, q := range questions() {
		assert.Equal(t, name, q.request.Name())
		made[name] = [2]string{fmt.Sprint(q.request.Min), fmt.Sprint(q.request.Max)}
	}
	assert.Equal(t, made, written)
}

// Records of nothing cost no more memory than their bytes allow.
func TestMemoryOfEmptyRecords(t *testing.T) {
	const size = 8 << 20
	empty := []byte{12, 0, 0, 0, 1, 0, 0} // its length, and nothing
	batch := kmsg.RecordBatch{Magic: magic, Records: bytes.Repeat(empty, size/len(empty)), NumRecords: 1}
	answer := kmsg.NewPtrFetchResponse()
	q := questions()["Fetch"]
	q.request.SetVersion(q.request.Max)
	answer.SetVersion(q.request.Max)
	answer.Topics = []kmsg.FetchResponseTopic{{Topic: "t", Partitions: []kmsg.FetchResponseTopicPartition{{RecordBatches: sealed(batch.AppendTo(nil))}}}}
	frame := answer.AppendTo(binary.BigEndian.AppendUint32(nil, correlation))
	before := allocated()
	require.NoError(t, q.decode(t.Context(), frame))
	assert.Less(t, allocated()-before, uint64(16*size))
}

// Whatever a broker answers, it is an answer or an error, for which memory is used in
// proportion.
func FuzzAnswers(f *testing.F) {
	for name, q := range questions() {
		q.request.SetVersion(q.request.Max)
		f.Add(name, int8(q.request.Max), fullAnswer(q.request).AppendTo(nil))
	}
	f.Fuzz(func(t *testing.T, api string, version int8, body []byte) {
		q, known := questions()[api]
		if !known {
			return
		}
		q.request.SetVersion(min(max(int16(version), q.request.Min), q.request.Max))
		before := allocated()
		_ = q.decode(t.Context(), append(binary.BigEndian.AppendUint32(nil, correlation), body...))
		assert.Less(t, allocated()-before, uint64(16<<20+16*len(body)))
	})
}

// allocated is how many bytes this process has ever allocated.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
