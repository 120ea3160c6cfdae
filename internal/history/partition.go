// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package history

import (
	"slices"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Partition is what is remembered of a group in one partition.
type Partition struct {
	id     int32
	scrape uint32 // the last one that it was seen in
	// newest is of the last scrape that knew the lag.
	newest Sample
	// newestOf is that scrape; 0: there is none.
	newestOf uint32
	// repeats counts the scrapes right before it that saw the same offsets. Where nothing
	// moves, they are all that is remembered.
	repeats int32
	// older are the samples before those: what the newest of them is followed by is the
	// first of the repeats.
	older sampleLog
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

// repeats reports whether it has the offsets of another.
func (s Sample) repeats(o Sample) bool { return s.Commit == o.Commit && s.Lag == o.Lag }

// observe takes the partition as the newest scrape saw it.
func (p *Partition) observe(h *History, now *lag.Partition) {
	if h.forgotten(p.scrape + 1) { // before this scrape, but nothing looked: its topic or group was away too
		*p = Partition{id: p.id}
	}
	if now.Lag.Known() {
		s := Sample{At: h.at(h.scrape), Commit: now.Committed, Lag: now.Lag}
		p.follow(s)
		p.add(h, s)
	} else {
		p.archiveRepeats(h)
	}
	p.scrape = h.scrape
}

// follow learns since when the offsets have been where they are now.
func (p *Partition) follow(now Sample) {
	switch {
	case p.newestOf == 0 || p.newest.Commit != now.Commit:
		p.movedAt, p.lagThen, p.grownAt = now.At, now.Lag, 0
	case now.Lag <= p.lagThen: // less, if the log has lost its end
		p.lagThen, p.grownAt = now.Lag, 0
	case p.grownAt == 0:
		p.grownAt = now.At
	}
}

// add makes now the newest of as many samples as the window has.
func (p *Partition) add(h *History, now Sample) {
	switch {
	case p.newestOf == 0:
	case p.newestOf == h.scrape-1 && now.repeats(p.newest):
		p.repeats = min(p.repeats+1, int32(h.Window)-1)
		p.older.keep(h.Window - 1 - int(p.repeats))
	default:
		p.archiveRepeats(h)
		p.older.keep(h.Window - 2)
		p.older.add(p.newest.minus(now))
	}
	p.newest, p.newestOf = now, h.scrape
}

// archiveRepeats adds what repeats counts to the older samples, while it is known when
// those scrapes were.
func (p *Partition) archiveRepeats(h *History) {
	for ; p.repeats > 0; p.repeats-- {
		p.older.add(p.repeated(h, p.repeats).minus(p.repeated(h, p.repeats-1)))
	}
}

// repeated returns the sample of so many scrapes before the newest.
func (p *Partition) repeated(h *History, before int32) Sample {
	return Sample{At: h.at(p.newestOf - uint32(before)), Commit: p.newest.Commit, Lag: p.newest.Lag}
}

// Samples returns the last samples of p, most at most, the newest last. They are in
// buffer's memory if that is enough for them.
func (h *History) Samples(p *Partition, most int, buffer []Sample) []Sample {
	s := buffer[:0]
	if p.newestOf == 0 {
		return s
	}
	s = append(s, p.newest)
	for before := int32(1); before <= p.repeats && len(s) < most; before++ {
		s = append(s, p.repeated(h, before))
	}
	s = p.older.last(s[len(s)-1], most-len(s), s)
	slices.Reverse(s)
	return s
}

// AtRest returns how many samples there are if all have the same offsets, else 0, and
// how much time is between the first and the last.
func (h *History) AtRest(p *Partition) (samples int, between time.Duration) {
	if p.newestOf == 0 || p.older.count > 0 {
		return 0, 0
	}
	return 1 + int(p.repeats), p.newest.At - p.repeated(h, p.repeats).At
}

// CommitAge is how long before the newest sample the committed offset was first
// seen where it is: it has not moved for at least that long.
func (p *Partition) CommitAge() time.Duration {
	return p.newest.At - p.movedAt
}

// Stalled is how long before the newest sample records were first seen to come after
// the committed offset had last moved; 0 if none has. A single record is none: it may be
// the end of the transaction that was read last, which nobody reads.
func (p *Partition) Stalled() time.Duration {
	if p.grownAt == 0 || p.newest.Lag <= p.lagThen+1 {
		return 0
	}
	return p.newest.At - p.grownAt
}
