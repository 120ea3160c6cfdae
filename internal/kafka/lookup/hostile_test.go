// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Whatever a broker answers, there is an answer for each look-up or an error, for
// which memory is used in proportion.
func FuzzAnswers(f *testing.F) {
	f.Add(int8(6), []byte{0, 0, 0, 0, 2, 2, 't', 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0})
	f.Add(int8(0), []byte{0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff})
	f.Add(int8(4), []byte{0, 0, 0, 0, 2, 0, 0, 1, 2, 2, 't', 2, 2, 'k', 2, 'v', 0, 0, 0, 1, 0, 0, 0, 0, 0})
	lookups := []cluster.Lookup{{Topic: "t", At: 5}, {Topic: "u", Partition: 1, At: 5}}
	f.Fuzz(func(t *testing.T, version int8, body []byte) {
		offsets, configs := newLookupRequest(lookups), wire.DescribeConfigs(kmsg.NewPtrDescribeConfigsRequest())
		before := allocated()
		answer, _, err := wire.Decode(t.Context(), offsets, 7, frameFor(offsets, version, body), func(r *wire.Reader) answers { return decodeAnswers(r, lookups) })
		if err == nil {
			assert.Len(t, answer.found, len(lookups))
		}
		_, _, _ = wire.Decode(t.Context(), configs, 7, frameFor(configs, version, body), decodePolicies)
		assert.Less(t, allocated()-before, uint64(32<<20+32*len(body)))
	})
}

// frameFor sets the version, and returns an answer of body.
func frameFor(request wire.Request, version int8, body []byte) []byte {
	request.SetVersion(min(max(int16(version), request.Min), request.Max))
	frame := binary.BigEndian.AppendUint32(nil, 7)
	if request.IsFlexible() {
		frame = append(frame, 0)
	}
	return append(frame, body...)
}

// allocated is how many bytes this process has ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
