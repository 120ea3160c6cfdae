// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package cluster holds what one scrape learned about a Kafka cluster, as plain
// values. It does no I/O and knows nothing of the client that filled it.
//
// Everything is keyed so that a broker, topic, partition or group that Kafka
// names twice exists here once. What was asked for and not learned is
// [Unknown] and is explained by a [Failure]; it is never a number that looks
// like an answer.
package cluster

import (
	"cmp"
	"slices"
	"sort"
)

// Offset is a position in a partition's log, 0 or above, or one of the marks
// [None] and [Unknown].
type Offset int64

const (
	// None says that Kafka answered and there is no offset: the group never
	// committed one for the partition.
	None Offset = -1
	// Unknown says that the offset was not learned in this scrape.
	Unknown Offset = -2
	// Impossible says that Kafka answered with a number that cannot be true.
	Impossible Offset = -3
)

// Known reports whether o is a position, not one of the marks.
func (o Offset) Known() bool { return o >= 0 }

// Or returns o, or instead where o is not known.
func (o Offset) Or(instead Offset) Offset {
	if o.Known() {
		return o
	}
	return instead
}

// NoBroker stands where a broker id would, and there is none: a partition
// without a leader.
const NoBroker int32 = -1

// GoneAfter is for how many scrapes in a row a group that no broker lists may still
// come back: its coordinator may be away. After that it counts as deleted.
const GoneAfter = 10

// TopicID is the id that Kafka 2.8 and later give a topic when they create it.
// It distinguishes a topic from an older one of the same name. Zero where the broker
// has none.
type TopicID [16]byte

// Snapshot is what one scrape learned.
type Snapshot struct {
	// ClusterID is the cluster's own id, empty where the broker has none.
	ClusterID string
	// Elsewhere says that another collector reports the cluster and its brokers.
	Elsewhere bool
	// Brokers holds the brokers that the metadata names, by id.
	Brokers map[int32]Broker
	// Topics holds the topics that the filters let pass, by name.
	Topics map[string]*Topic
	// Groups holds the groups that the filters let pass, by name.
	Groups map[string]*Group
	// ZooKeeper holds the groups that keep their offsets in ZooKeeper, sorted by
	// name, as far as they were asked for and read. Only their commits are known.
	ZooKeeper []*Group
	// FilteredTopics, FilteredPartitions and FilteredGroups count what the
	// filters left out.
	FilteredTopics, FilteredPartitions, FilteredGroups int
	// LeftOutGroups counts the groups beyond the limit.
	LeftOutGroups int
	// UndecidedGroups counts the groups that are left out because a filter asks
	// for their state, which no broker gave. Those without commits for a reason of
	// their own are not among them.
	UndecidedGroups int
	// LogDirs holds the brokers' log directories, by broker id, sorted by path.
	// It has the brokers that were asked and answered.
	LogDirs map[int32][]LogDir
	// Quorum is the controllers of a KRaft cluster, nil where it was not asked for or not
	// learned.
	Quorum *Quorum
	// BrokerConfigs holds the brokers' settings, by broker id. It has those
	// that were asked for and learned.
	BrokerConfigs map[int32]BrokerConfig
	// ClaimedTwice counts the groups that two brokers listed as theirs.
	ClaimedTwice int
	// Failures says what could not be learned, and why.
	Failures []Failure
}

// Committed returns the partitions in which some group has committed.
func (s *Snapshot) Committed() map[*Partition]bool {
	committed := map[*Partition]bool{}
	for _, g := range s.Groups {
		for _, commits := range g.Commits {
			topic := s.Topics[commits.Topic]
			if topic == nil {
				continue
			}
			for _, c := range commits.Partitions {
				if p := topic.Find(c.Partition); p != nil && c.Offset != None {
					committed[p] = true
				}
			}
		}
	}
	return committed
}

// Broker is one broker of the cluster.
type Broker struct {
	ID int32
	// Address is the advertised host:port.
	Address string
	// Rack is empty where the broker has none.
	Rack string
}

// Topic is one topic and its partitions.
type Topic struct {
	Name string
	ID   TopicID
	// Unclear says that the metadata names the topic with an error: what is
	// known of its partitions is not all.
	Unclear bool
	// Elsewhere says that another collector reports the topic: it is here for the
	// groups of this one.
	Elsewhere bool
	// Config is the topic's settings, nil where they were not asked for or not
	// learned.
	Config *TopicConfig
	// Partitions is sorted by id and holds each id once.
	Partitions []Partition
}

// Find returns the partition of that id, or nil.
func (t *Topic) Find(id int32) *Partition {
	// Ids count from 0, so that only a topic known in part is searched.
	if i := int(id); i >= 0 && i < len(t.Partitions) && t.Partitions[i].ID == id {
		return &t.Partitions[i]
	}
	// Only ids are read: offsets may be entered meanwhile.
	at, found := sort.Find(len(t.Partitions), func(i int) int { return cmp.Compare(id, t.Partitions[i].ID) })
	if !found {
		return nil
	}
	return &t.Partitions[at]
}

// Locate returns the partition of that id and whether it exists. One that
// unclear metadata leaves out may exist, and then nothing is known of it;
// otherwise it went with an older topic of the same name.
func (t *Topic) Locate(id int32) (p *Partition, exists bool) {
	if p := t.Find(id); p != nil {
		return p, true
	}
	return &Partition{ID: id, Start: Unknown, End: Unknown}, t.Unclear
}

// UnderMinInSync reports whether fewer replicas of p are in sync than the topic's
// min.insync.replicas, where that is known.
func (t *Topic) UnderMinInSync(p *Partition) bool {
	return t.Config != nil && t.Config.MinInSync != nil && int64(len(p.InSync)) < *t.Config.MinInSync
}

// Partition is one partition as metadata and offset requests described it.
type Partition struct {
	ID int32
	// Leader is a broker id, or [NoBroker] while the partition has none.
	Leader int32
	// Replicas and InSync are broker ids; the first replica is the preferred
	// leader.
	Replicas, InSync []int32
	// Reassignment is under way, nil where none is, or none is known. It is asked
	// for while fewer replicas are in sync than there are.
	Reassignment *Reassignment
	// Start is the log start offset, End the offset that the next record
	// will get (or the last stable offset, where only committed records
	// count). Both are Unknown where they were not asked for or not learned.
	Start, End Offset
	// LastStable is where the first open transaction begins, or HighWatermark, the
	// end of the log, where none is open. Both are Unknown where they were not asked
	// for or not learned, and one is None where the broker knows no transactions.
	LastStable, HighWatermark Offset
	// Remembered says that they were learned in an earlier scrape.
	Remembered bool
	// EligibleLeaders is how many replicas may lead although they are not in sync, valid
	// when EligibleLeadersKnown. It is asked for where fewer are in sync than the topic
	// asks for.
	EligibleLeadersKnown bool
	EligibleLeaders      int32
	// Size is what the leader keeps of the partition's log on its disks, in
	// bytes, valid when SizeKnown.
	Size      int64
	SizeKnown bool
	// ProduceRate is how many records a second came since the end was last
	// learned before, valid when ProduceRateKnown. Package lag fills it in.
	ProduceRate      float64
	ProduceRateKnown bool
}

// LastStableGap returns how many offsets open transactions keep from consumers that
// read committed records only. LastStable is learned later than HighWatermark, so
// that it may be beyond it where nothing is open.
func (p *Partition) LastStableGap() Offset {
	switch {
	case p.LastStable == None || p.HighWatermark == None:
		return None
	case !p.LastStable.Known() || !p.HighWatermark.Known():
		return Unknown
	}
	return max(p.HighWatermark-p.LastStable, 0)
}

// Reassignment is a change of a partition's replicas that is under way.
type Reassignment struct {
	// Replicas holds the replicas from before and those that are being added. Adding
	// and Removing are the ones that come and go.
	Replicas, Adding, Removing []int32
}

// UnderReplicated reports whether fewer replicas are in sync than the partition is
// to have now, by the definition of Kafka's own tool (KIP-352): those that a
// reassignment is adding do not count.
func (p *Partition) UnderReplicated() bool {
	expected := len(p.Replicas)
	if r := p.Reassignment; r != nil && r.changes(p.Replicas) {
		expected = len(r.Replicas) - len(r.Adding)
	}
	return len(p.InSync) < expected
}

// changes reports whether the reassignment is still under way where these are the
// replicas: what it adds or removes is among them.
func (r *Reassignment) changes(replicas []int32) bool {
	return slices.ContainsFunc(replicas, func(id int32) bool {
		return slices.Contains(r.Adding, id) || slices.Contains(r.Removing, id)
	})
}
