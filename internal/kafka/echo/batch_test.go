// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package echo

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// batchAt is a batch of these values that begins at an offset.
func batchAt(offset int64, values ...string) []byte {
	batch := kmsg.RecordBatch{FirstOffset: offset, Magic: magic, NumRecords: int32(len(values)), LastOffsetDelta: int32(len(values) - 1)}
	for i, value := range values {
		record := kmsg.Record{OffsetDelta: int32(i), Value: []byte(value)}
		record.Length = int32(len(record.AppendTo(nil)) - 1)
		batch.Records = record.AppendTo(batch.Records)
	}
	return sealed(batch.AppendTo(nil))
}

// sealed sets the length and the checksum of a batch.
func sealed(frame []byte) []byte {
	binary.BigEndian.PutUint32(frame[atLength:], uint32(len(frame)-afterLength))
	binary.BigEndian.PutUint32(frame[atCRC:], crc32.Checksum(frame[afterCRC:], castagnoli))
	return frame
}

// changed is a batch with other bytes at a place.
func changed(frame []byte, at int, to ...byte) []byte {
	frame = slices.Clone(frame)
	copy(frame[at:], to)
	return frame
}

func TestReadBatches(t *testing.T) {
	const from = 10
	whole := batchAt(10, "a", "b")
	next := batchAt(12, "c")
	many := slices.Repeat([]string{"a"}, maxValues+1)
	for name, tt := range map[string]struct {
		frame []byte
		want  Batches
	}{
		"nothing":                    {nil, Batches{Next: 10}},
		"one batch":                  {whole, Batches{Values: []string{"a", "b"}, Next: 12}},
		"two":                        {slices.Concat(whole, next), Batches{Values: []string{"a", "b", "c"}, Next: 13}},
		"the second is cut off":      {slices.Concat(whole, next[:65]), Batches{Values: []string{"a", "b"}, Next: 12}},
		"the only one is cut off":    {whole[:65], Batches{Next: 10}},
		"begins before":              {batchAt(9, "z", "a"), Batches{Values: []string{"a"}, Next: 11}},
		"is all before":              {batchAt(3, "z"), Batches{Next: 10}},
		"damaged":                    {changed(whole, len(whole)-1, 'x'), Batches{Next: 12}},
		"compressed":                 {sealed(changed(whole, afterCRC, 0, 4)), Batches{Next: 12, Compressed: true}},
		"one of Kafka's own":         {sealed(changed(whole, afterCRC, 0, control)), Batches{Next: 12}},
		"an older format":            {changed(whole, atMagic, 1), Batches{Next: 11}},
		"too short to be one":        {changed(whole, atLength, 0, 0, 0, 9), Batches{Next: 10}},
		"claims to be long":          {changed(whole, atLength, 0xff, 0xff, 0xff, 0xff), Batches{Next: 10}},
		"an offset without end":      {batchAt(math.MaxInt64, "a"), Batches{Values: []string{"a"}, Next: 10}},
		"no offset":                  {batchAt(-5, "a"), Batches{Next: 10}},
		"a record that claims more":  {sealed(changed(whole, headBytes, 0x7e)), Batches{Next: 12}},
		"a record that claims none":  {sealed(changed(whole, headBytes, 0x01)), Batches{Next: 12}},
		"a large record of another":  {batchAt(10, strings.Repeat("a", maxValue+1), "b"), Batches{Values: []string{"b"}, Next: 12}},
		"more than is read at once":  {slices.Concat(batchAt(10, many...), batchAt(10+maxValues+1, "c")), Batches{Values: many[:maxValues], Next: 10 + maxValues + 1}},
		"a record of almost nothing": {sealed(changed(whole, headBytes, 0x00)), Batches{Next: 12}},
	} {
		t.Run(name, func(t *testing.T) {
			got := decode(t, func(r reader) Batches { return readBatches(r, tt.frame, from) })
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestNewBatch(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_123)
	frame := newBatch([]byte("value"), at)
	var batch kmsg.RecordBatch
	require.NoError(t, batch.ReadFrom(frame))
	assert.Equal(t, at.UnixMilli(), batch.MaxTimestamp)
	got := decode(t, func(r reader) Batches { return readBatches(r, frame, 0) })
	assert.Equal(t, Batches{Values: []string{"value"}, Next: 1}, got)
}
