// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package echo

import (
	"encoding/binary"
	"hash/crc32"
	"time"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// A batch of records begins with 61 bytes:
// https://kafka.apache.org/documentation/#recordbatch
const (
	magic = 2 // the format since Kafka 0.11

	atLength    = 8 // 32 bits: how many bytes follow it
	afterLength = 12
	atMagic     = 16
	atCRC       = 17
	afterCRC    = 21
	atLastDelta = 23
	headBytes   = 61
)

// Bits of a batch's attributes.
const (
	compression = 0b111 // which one
	control     = 1 << 5
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// newBatch returns a batch of one record.
func newBatch(value []byte, at time.Time) []byte {
	record := kmsg.Record{Value: value}
	record.Length = int32(len(record.AppendTo(nil)) - 1) // a length of 0 takes one byte
	batch := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1, Magic: magic, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1,
		FirstTimestamp: at.UnixMilli(), MaxTimestamp: at.UnixMilli(), NumRecords: 1, Records: record.AppendTo(nil),
	}
	frame := batch.AppendTo(nil)
	binary.BigEndian.PutUint32(frame[atLength:], uint32(len(frame)-afterLength))
	binary.BigEndian.PutUint32(frame[atCRC:], crc32.Checksum(frame[afterCRC:], castagnoli))
	return frame
}

// Batches is what batches of records hold.
type Batches struct {
	// Values are those of the records that can be read.
	Values []string
	// Next is the offset after the last batch, or where reading began if there is none.
	Next int64
	// Compressed says that there are batches which were left out for it.
	Compressed bool
}

// What is read of a probe's own is small, and in a batch of its own. More is somebody
// else's: it is read past, and batches after it the next time.
const (
	maxValue  = 256 // bytes
	maxValues = 500
)

// valueMemory is bytes of memory that a value costs beside its own.
const valueMemory = 32

// readBatches reads batches from the offset on, which are a part of r's answer. The last
// one may be cut off. What is of another format, compressed, damaged or Kafka's own is
// skipped: the probe writes nothing of the kind.
func readBatches(r *wire.Reader, frame []byte, from int64) Batches {
	b := Batches{Next: from}
	for len(frame) >= headBytes && len(b.Values) < maxValues {
		size := int64(binary.BigEndian.Uint32(frame[atLength:])) + afterLength
		if size < headBytes || size > int64(len(frame)) {
			return b
		}
		b.add(r, frame[:size], from)
		frame = frame[size:]
	}
	return b
}

// add reads one batch. Reading never goes back, whatever offset it claims.
func (b *Batches) add(r *wire.Reader, batch []byte, from int64) {
	first := int64(binary.BigEndian.Uint64(batch))
	if batch[atMagic] != magic {
		b.advance(first + 1)
		return
	}
	b.advance(first + int64(binary.BigEndian.Uint32(batch[atLastDelta:])) + 1)
	attributes := binary.BigEndian.Uint16(batch[afterCRC:])
	switch {
	case binary.BigEndian.Uint32(batch[atCRC:]) != crc32.Checksum(batch[afterCRC:], castagnoli):
	case attributes&compression != 0:
		b.Compressed = true
	case attributes&control == 0:
		b.readRecords(r, batch[headBytes:], first, from)
	}
}

func (b *Batches) advance(next int64) { b.Next = max(b.Next, next) }

// readRecords reads the records of a batch, which may begin before the offset.
func (b *Batches) readRecords(r *wire.Reader, records []byte, first, from int64) {
	for in := (kbin.Reader{Src: records}); len(in.Src) > 0; {
		size := in.Varint()
		if size < 0 || int(size) > len(in.Src) {
			return
		}
		delta, value, ok := readRecord(in.Span(int(size)))
		if !ok || len(b.Values) == maxValues {
			return
		}
		if len(value) > maxValue || first+int64(delta) < from {
			continue
		}
		if !r.Spend(valueMemory) {
			return
		}
		b.Values = append(b.Values, r.Keep(value))
	}
}

// readRecord reads a record without its length. The value is a part of it.
func readRecord(record []byte) (delta int32, value []byte, ok bool) {
	in := kbin.Reader{Src: record}
	in.Int8()    // attributes
	in.Varlong() // the time
	delta = in.Varint()
	in.VarintBytes() // the key
	value = in.VarintBytes()
	return delta, value, in.Ok()
}
