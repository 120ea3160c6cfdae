// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package wire

import "github.com/twmb/franz-go/pkg/kmsg"

// ListOffsets asks for offsets of partitions. Answers of version 0 have no
// timestamps.
func ListOffsets(request *kmsg.ListOffsetsRequest) Request {
	return Request{Request: request, Max: 6, Throttle: 2}
}

// PartitionOffset is what a broker says of one partition.
type PartitionOffset struct {
	Topic             []byte // valid until the decoder returns
	Partition         int32
	Code              int16
	Timestamp, Offset int64 // -1: there is none
}

// EachOffset reads an answer to [ListOffsets].
func EachOffset(r *Reader, take func(PartitionOffset)) {
	partition := Size{Fixed: 22}
	if r.Version == 0 {
		partition = Size{Fixed: 6, Arrays: 1}
	}
	for range r.Each(Size{Strings: 1, Arrays: 1}) {
		topic := r.Text()
		for range r.Each(partition) {
			take(r.partitionOffset(topic))
		}
	}
}

func (r *Reader) partitionOffset(topic []byte) PartitionOffset {
	p := PartitionOffset{Topic: topic, Partition: r.Int32(), Code: r.Int16(), Timestamp: -1, Offset: -1}
	if r.Version == 0 {
		if n := r.Len(Size{Fixed: 8}); n > 0 { // as many as were asked for: one
			p.Offset = r.Int64()
			for range n - 1 {
				r.Int64()
			}
		}
		return p
	}
	p.Timestamp, p.Offset = r.Int64(), r.Int64()
	const withEpoch = 4
	if r.Version >= withEpoch {
		r.Int32()
	}
	return p
}
