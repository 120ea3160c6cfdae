// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import "time"

// Timestamp is a record's own time in milliseconds since 1970, as Kafka keeps
// it. It is the producer's clock, or the broker's with LogAppendTime.
type Timestamp int64

// NewTimestamp cuts t down to milliseconds.
func NewTimestamp(t time.Time) Timestamp { return Timestamp(t.UnixMilli()) }

// Lookup asks a partition for its first record with a timestamp of At or later.
type Lookup struct {
	Topic     string
	Partition int32
	// Leader is the id of the broker to ask.
	Leader int32
	At     Timestamp
}

// Answer is what a [Lookup] found.
type Answer struct {
	Lookup
	// Offset is the record's, or None: there is no such record.
	Offset Offset
	// Time is the record's timestamp; it has no meaning without a record.
	Time Timestamp
	// Err says why nothing was learned.
	Err error
}
