// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package history

import (
	"slices"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Partition is what is remembered of a group in one partition.
type Partition struct {
	id     int32
	scrape uint32
	// log holds the samples of the last scrapes that knew the lag.
	log sampleLog
	// movedAt is when the committed offset was first seen where it is, and lagThen the
	// lag that it had there.
	movedAt time.Duration
	lagThen cluster.Offset
	// grownAt is when the lag was first seen to be more than lagThen; 0: it is not.
	grownAt time.Duration
}

// Sample is what one scrape saw.
type Sample struct {
	// At is the time since the first scrape by the monotonic clock, in whole
	// milliseconds.
	At time.Duration
	// Commit is the committed offset, and Lag how far it is from the end.
	Commit, Lag cluster.Offset
}

// Committed is the committed offset.
func (s Sample) Committed() cluster.Offset { return s.Commit }

// End is where the log ended.
func (s Sample) End() cluster.Offset { return s.Commit + s.Lag }

func (p *Partition) observe(now Sample, window int) {
	before, found := p.log.newest()
	switch {
	case !found || before.Commit != now.Commit:
		p.movedAt, p.lagThen, p.grownAt = now.At, now.Lag, 0
	case now.Lag <= p.lagThen: // less, if the log has lost its end
		p.lagThen, p.grownAt = now.Lag, 0
	case p.grownAt == 0:
		p.grownAt = now.At
	}
	p.log.add(now, window)
}

// Samples returns the last samples, most at most, the newest last. They are in
// buffer's memory if that is enough for them.
func (p *Partition) Samples(most int, buffer []Sample) []Sample {
	s := p.log.last(most, buffer[:0])
	slices.Reverse(s)
	return s
}

// CommitAge is how long before the newest sample the committed offset was first
// seen where it is: it has not moved for at least that long.
func (p *Partition) CommitAge() time.Duration {
	now, _ := p.log.newest()
	return now.At - p.movedAt
}

// Stalled is how long before the newest sample records were first seen to come after
// the committed offset had last moved; 0 if none has. A single record is none: it may be
// the end of the transaction that was read last, which nobody reads.
func (p *Partition) Stalled() time.Duration {
	now, _ := p.log.newest()
	if p.grownAt == 0 || now.Lag <= p.lagThen+1 {
		return 0
	}
	return now.At - p.grownAt
}
