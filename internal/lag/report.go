// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package lag is the arithmetic on a [cluster.Snapshot]: how far each consumer
// group is behind. It uses the standard library only and takes the time from
// its caller.
package lag

import (
	"iter"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Report is what follows from one snapshot. Amounts are numbers of records.
type Report struct {
	// Groups is sorted by name and holds every group of the snapshot whose
	// commits are known.
	Groups []Group
	// Share is the same for share groups: what is committed is the oldest record that
	// is not completed, and lag the records from there on that are not.
	Share []Group
	// ZooKeeper is the same for the groups that keep their offsets there.
	ZooKeeper []Group
	// Transactions is sorted by topic and holds the partitions in which a transaction
	// is open: what is committed is the last stable offset, and lag the records from
	// there on. [OpenTransactions] makes it.
	Transactions []Topic
	Anomalies    Anomalies
}

// Dated returns the topics in which records are to be dated: of all groups, and of
// open transactions.
func (r *Report) Dated() iter.Seq[*Topic] {
	return func(yield func(*Topic) bool) {
		for _, groups := range [][]Group{r.Groups, r.Share, {{Topics: r.Transactions}}} {
			for g := range groups {
				for t := range groups[g].Topics {
					if !yield(&groups[g].Topics[t]) {
						return
					}
				}
			}
		}
	}
}

// Group is the lag of one consumer group.
type Group struct {
	Name string
	// Share is true of share groups.
	Share bool
	// Topics is sorted by name. A topic in which the group has committed
	// nothing, or that does not exist any more, is not in it.
	Topics []Topic
	// LagMax is the largest lag among the group's partitions, or one of
	// cluster's marks: Unknown as soon as one of them is unknown, None where
	// the group has no lag at all to compare.
	LagMax cluster.Offset
	// LagSum adds up the group's topics, and is marked like LagMax.
	LagSum cluster.Offset
	// Status is that of the worst partition, unknown while one of them is.
	// The rules of status fill it in.
	Status Status
	// Owned counts the partitions whose owner is recorded, for LimitPartitions alone.
	Owned int
}

// AgeMax is the largest Age among all of the group's partitions; unknown as soon as
// one of them is, and where there is none.
func (g *Group) AgeMax() Age {
	most := Age{Known: len(g.Topics) > 0}
	for i := range g.Topics {
		most = most.Max(g.Topics[i].AgeMax)
	}
	return most
}

// Topic is the lag of a group in one topic.
type Topic struct {
	Name string
	// Partitions is sorted by id and holds those with a commit (or whose
	// commit is Unknown).
	Partitions []Partition
	// OffsetSum, LagSum and Expired add up the partitions. Each is Unknown as
	// soon as one of its members is.
	OffsetSum, LagSum, Expired cluster.Offset
	// Uncommitted counts the topic's partitions without a commit.
	Uncommitted int
	// AgeMax is the largest Age among the partitions; unknown as soon as one
	// of them is. Time lag fills it in.
	AgeMax Age
	// AgeBound is an age that no unread record exceeds: AgeMax, or more where that
	// is an estimate. Time lag fills it in.
	AgeBound Age
	// RetentionMargin is the least time until a record that the group has not read
	// may be deleted; unknown where that never happens.
	RetentionMargin Age
	// Progress is filled in by package progress.
	Progress
}

// Progress is how a group moves in a topic. Each part is unknown as soon as that of
// one partition is.
type Progress struct {
	// CommitAge is for how long the committed offset has not moved, as far as it
	// was seen: the longest of the partitions with lag, 0 where there is none.
	CommitAge Age
	// Stalled is for how long records have come without a commit: the longest of the
	// partitions, 0 where none has come since the last one.
	Stalled Age
	// Drain is how long the group takes to read what is unread now, as fast as it has
	// read lately: the longest of the partitions, 0 where it has read all.
	Drain Age
	// CatchUp is how long the group takes to read all: the longest of the
	// partitions, 0 where it has.
	CatchUp Age
	// ConsumeRate adds up the partitions.
	ConsumeRate Rate
}

// Partition is the lag of a group in one partition; Unknown marks as in
// package cluster.
type Partition struct {
	ID int32
	// Status is filled in by the rules of status.
	Status         Status
	Committed, Lag cluster.Offset
	// Expired is what retention deleted before the group read it.
	Expired cluster.Offset
	// Age is that of the oldest record which the group has not read, by the
	// record's own timestamp; 0 where it has read all. Time lag fills it in.
	Age Age
}

// Anomalies counts what a scrape found odd. They are not failures: all other numbers
// are right.
type Anomalies struct {
	// BeyondEnd counts commits greater than the end offset: the topic was
	// created anew or its log truncated.
	BeyondEnd int
	// FirstBeyondEnd is the first few of them, by group, topic and partition.
	FirstBeyondEnd []CommitBeyondEnd
	// DeletedTopic counts (group, topic) pairs whose topic is gone.
	DeletedTopic int
	// Impossible counts lags of share groups that brokers returned as below zero.
	Impossible int
	// FirstImpossible names the first few of them, by group and topic.
	FirstImpossible []GroupTopic
	// Uncommitted counts partitions of topics in use without a commit.
	Uncommitted int
	// SumTooLarge counts sums that do not fit a number, and are unknown.
	SumTooLarge int
	// FirstSumsTooLarge names the first few of them, by group and topic.
	FirstSumsTooLarge []GroupTopic
}

// tooLarge notes so many sums of a group in a topic.
func (a *Anomalies) tooLarge(sums int, of GroupTopic) {
	if a.SumTooLarge += sums; sums > 0 && len(a.FirstSumsTooLarge) < firstFew {
		a.FirstSumsTooLarge = append(a.FirstSumsTooLarge, of)
	}
}

// impossible notes so many lags of a share group in a topic.
func (a *Anomalies) impossible(lags int, of GroupTopic) {
	if a.Impossible += lags; lags > 0 && len(a.FirstImpossible) < firstFew {
		a.FirstImpossible = append(a.FirstImpossible, of)
	}
}

// CommitBeyondEnd is a commit that is greater than the partition's end offset.
type CommitBeyondEnd struct {
	GroupTopic

	Partition      int32
	Committed, End cluster.Offset
}

// beyondEnd notes one.
func (a *Anomalies) beyondEnd(c CommitBeyondEnd) {
	if a.BeyondEnd++; len(a.FirstBeyondEnd) < firstFew {
		a.FirstBeyondEnd = append(a.FirstBeyondEnd, c)
	}
}

// GroupTopic is a group and a topic that it has committed in.
type GroupTopic struct{ Group, Topic string }

// firstFew is how many anomalies of a kind are named.
const firstFew = 3

// Age is how long ago a record was written, or how long something takes. The zero
// Age is unknown.
type Age struct {
	time.Duration
	Known bool
}

// Max is the longer one; it is unknown as soon as one of them is.
func (a Age) Max(other Age) Age {
	if !a.Known || !other.Known {
		return Age{}
	}
	return Age{Duration: max(a.Duration, other.Duration), Known: true}
}

// Rate is a number of records per second. The zero Rate is unknown.
type Rate struct {
	PerSecond float64
	Known     bool
}

// NewRate is that of so many records in so much time. It is unknown of an offset
// that went back, and where no time has passed.
func NewRate(records cluster.Offset, in time.Duration) Rate {
	if records < 0 || in <= 0 {
		return Rate{}
	}
	return Rate{PerSecond: float64(records) / in.Seconds(), Known: true}
}

// Plus is the sum; it is unknown as soon as one of them is.
func (r Rate) Plus(other Rate) Rate {
	if !r.Known || !other.Known {
		return Rate{}
	}
	return Rate{PerSecond: r.PerSecond + other.PerSecond, Known: true}
}
