// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

// Group is one consumer group (or share, streams or Connect group: whatever
// ListGroups names).
type Group struct {
	Name string
	// Coordinator is the id of the broker that answers for the group.
	Coordinator int32
	// State is Kafka's word ("Stable", "Empty"), Type is "classic",
	// "consumer", "share" or "streams", and Protocol the assignor that the
	// members agreed on ("range"). Each is empty where there is none or the
	// broker does not say.
	State, Type, Protocol string
	// Members is the number of live members, valid when Described.
	Members   int
	Described bool
	// Rebalancing says that partitions are being assigned to the members, or that some
	// member does not have what it is to have. It is valid when Described, and not of
	// share groups.
	Rebalancing bool
	// Epoch grows with each change of the members and of what they are to read, valid
	// when EpochKnown. Classic groups have none, and that of share groups is not kept.
	Epoch      int32
	EpochKnown bool
	// Tasks counts those of the members of a streams group, valid when Described.
	Tasks Tasks
	// Assigned is what the members are assigned, sorted by topic. It is valid
	// when Described and asked for.
	Assigned []Assignment
	// AssignedKnown is false while the members are being assigned partitions,
	// and where an assignment cannot be read.
	AssignedKnown bool
	// Commits is sorted by topic. It is valid when CommitsKnown; a group
	// that never committed then has none.
	Commits      []TopicCommits
	CommitsKnown bool
}

// Tasks counts tasks of Kafka Streams by kind. Active ones read and process; standby
// ones follow the state of an active one elsewhere, to take its place; and what warms up
// does so to become active where it is.
type Tasks struct{ Active, Standby, Warmup int }

// TopicCommits is what a group committed in one topic.
type TopicCommits struct {
	Topic string
	// Partitions is sorted by partition and holds each once.
	Partitions []Commit
	// Lags is, of a share group, the lag of each of Partitions as its coordinator
	// counts it: a number, [Unknown], [None] where the broker is too old to count,
	// or [Impossible]. Nil for other groups.
	Lags []Offset
	// LeftOut counts the topic's partitions that the group is not held to,
	// with or without a commit. They are not in Partitions.
	LeftOut int
}

// Commit is the offset that a group committed in one partition: the next
// record that it will read. None where Kafka says that nothing is committed,
// Unknown where the partition's answer was an error. Of a share group it is the
// oldest record that is not completed.
type Commit struct {
	Partition int32
	Offset    Offset
}

// Assignment is what the members of a group are assigned of one topic.
type Assignment struct {
	Topic string
	// Members is the number of members that have a partition of it.
	Members int
	// Partitions is sorted and holds each once.
	Partitions []int32
	// Owners has the member that each of Partitions is assigned to. It is empty unless
	// asked for, and where it is not known which partitions the topic has.
	Owners []*Member
}

// Member is a member of a group, as it names itself.
type Member struct {
	// ClientID is its client.id, and Host the address that the coordinator sees
	// ("/10.0.0.1"). InstanceID is its group.instance.id, empty where it has none.
	ClientID, Host, InstanceID string
}
