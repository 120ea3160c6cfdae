// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

// NoLimit is a retention that never ends.
const NoLimit int64 = -1

// TopicConfig is the settings that rule a topic, its own or the brokers'
// defaults. A nil field is not known.
type TopicConfig struct {
	// MinInSync is how many replicas have to be in sync for a producer that
	// waits for all of them to be served.
	MinInSync *int64
	// Deletes says whether records are deleted when they are old, or too many: not
	// in a topic that is only compacted.
	Deletes *bool
	// RetentionTime is in milliseconds, RetentionSize in bytes for each
	// partition. Each can be [NoLimit].
	RetentionTime, RetentionSize *int64
	// Tiered says that old records are moved to remote storage. What RetentionSize
	// limits is then more than what brokers keep on their disks.
	Tiered bool
}

// LimitsSize reports whether records are deleted because of the size of what brokers
// keep on their disks.
func (c *TopicConfig) LimitsSize() bool {
	return c != nil && c.Deletes != nil && *c.Deletes && !c.Tiered &&
		c.RetentionSize != nil && *c.RetentionSize != NoLimit
}

// BrokerConfig is one broker's settings.
type BrokerConfig struct {
	// RetentionTime is what topics without a retention of their own get, in
	// milliseconds, or [NoLimit]. Nil where it is not known.
	RetentionTime *int64
}

// LogDir is a directory in which a broker keeps partitions.
type LogDir struct {
	Path string
	// Size is what its partitions take, in bytes, replicas that are moving in
	// included, valid when SizeKnown: they may add up to more than a number
	// holds.
	Size      int64
	SizeKnown bool
	// Offline says that the broker cannot read or write the directory. Nothing else is
	// known of it then.
	Offline bool
	// Cordoned says that the directory gets no new partitions, valid when CordonedKnown
	// (Kafka 4.3 and later).
	Cordoned, CordonedKnown bool
	// Total and Usable are the size of the volume and what is left of it, in
	// bytes, valid when VolumeKnown (Kafka 3.3 and later).
	Total, Usable int64
	VolumeKnown   bool
}
