// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

const correlation = 7

// question is a request of a member, and what reads the answer.
type question struct {
	request wire.Request
	decode  func(context.Context, []byte) error
}

func newQuestion[T any](request wire.Request, decode func(*wire.Reader) T) question {
	return question{request, func(ctx context.Context, frame []byte) error {
		_, _, err := wire.Decode(ctx, request, correlation, frame, decode)
		return err
	}}
}

// questions is every request, about a group g.
func questions() map[string]question {
	c := &Client{group: "g"}
	generation := coordination.Generation{Number: 1, Member: "m", Members: []coordination.Member{{ID: "m"}}}
	return map[string]question{
		"Metadata":        newQuestion(newBrokersRequest(), decodeBrokers),
		"FindCoordinator": newQuestion(newFindCoordinatorRequest("g"), decodeCoordinator),
		"DescribeGroups":  newQuestion(newDescribeGroupRequest("g"), c.decodeGroup),
		"OffsetFetch":     newQuestion(newCommitsRequest("g"), decodeCommits),
		"JoinGroup":       newQuestion(c.newJoinRequest("m", nil), decodeJoined),
		"SyncGroup":       newQuestion(c.newSyncRequest(generation, nil), decodeSynced),
		"Heartbeat":       newQuestion(c.newHeartbeatRequest(generation), decodeCode),
		"LeaveGroup":      newQuestion(c.newLeaveRequest("m"), decodeCode),
	}
}

// docs/requests.md lists the requests, and the versions in which each is understood.
func TestRequestsPage(t *testing.T) {
	written, made := map[string][2]string{}, map[string][2]string{}
	for _, row := range docs.Read(t, "docs/requests.md").Rows() {
		if request := row.Cells["of a member"]; request != "" {
			written[request] = [2]string{row.Cells["from"], row.Cells["to"]}
		}
	}
	for name, q := range questions() {
		made[name] = [2]string{fmt.Sprint(q.request.Min), fmt.Sprint(q.request.Max)}
	}
	assert.Equal(t, made, written)
}

// What an answer costs is in proportion to its bytes, those in which the elements are
// empty too.
func TestMemoryOfHostileAnswers(t *testing.T) {
	const size = 4 << 20
	none := func(n int) []byte { return make([]byte, n) }
	group := slices.Concat(none(4), []byte{0, 0, 0, 1}, none(2), []byte{0, 1, 'g'}, none(6))
	for name, tt := range map[string]struct {
		api                    string
		version                int16
		before, element, after []byte
	}{
		"brokers":                 {"Metadata", 7, none(4), none(12), none(12)},
		"members of a generation": {"JoinGroup", 5, none(16), none(8), nil},
		"members of a group":      {"DescribeGroups", 4, group, none(16), none(4)},
		"topics with commits":     {"OffsetFetch", 5, none(4), none(6), none(2)},
	} {
		t.Run(name, func(t *testing.T) {
			q := questions()[tt.api]
			q.request.SetVersion(tt.version)
			answer := func(elements int) []byte {
				frame := binary.BigEndian.AppendUint32(nil, correlation)
				frame = binary.BigEndian.AppendUint32(append(frame, tt.before...), uint32(elements))
				return append(append(frame, bytes.Repeat(tt.element, elements)...), tt.after...)
			}
			frame := answer(size / len(tt.element))
			before := allocated()
			_ = q.decode(t.Context(), frame)
			assert.Less(t, allocated()-before, uint64(24*size))
			assert.NoError(t, q.decode(t.Context(), answer(2)), "two of them are an answer")
		})
	}
}

// Whatever a broker answers, it is an answer or an error, for which memory is used in
// proportion.
func FuzzAnswers(f *testing.F) {
	f.Add("JoinGroup", int8(5), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 'm', 0, 1, 'm', 0, 0, 0, 1, 0, 1, 'm', 0xff, 0xff, 0, 0, 0, 1, '{'})
	f.Add("SyncGroup", int8(3), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 2, '{', '}'})
	f.Add("FindCoordinator", int8(1), []byte{0, 0, 0, 0, 0, 15, 0xff, 0xff, 0, 0, 0, 1, 0, 1, 'h', 0, 0, 0, 9})
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
		before := allocated()
		_ = q.decode(t.Context(), append(frame, body...))
		assert.Less(t, allocated()-before, uint64(16<<20+16*len(frame)))
	})
}

// allocated is how many bytes this process has ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
