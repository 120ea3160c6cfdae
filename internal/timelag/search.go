// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// precise is when a search ends: a date that is known to within a second, in
// milliseconds.
const precise = 1000

// verdict is what is known of a commit's date.
type verdict int

const (
	// open: more look-ups are needed.
	open verdict = iota
	// found: the date is known.
	found
	// foundUnlessCompacted: so it is, unless the topic is compacted.
	foundUnlessCompacted
	// hopeless: no look-up can find it.
	hopeless
)

// date is the timestamp of the record that is read next from commit on, as far
// as look-ups have shown. It rests on by still being there; nil where nothing can
// change it any more.
func (s index) date(commit cluster.Offset, now cluster.Timestamp, p policy) (at cluster.Timestamp, v verdict, by *lookupResult) {
	below, above := s.around(commit)
	switch {
	case below == nil && above != nil && above.from <= 0:
		return s.first(above)
	case below == nil:
		return undated, open, nil
	case below.offset == commit:
		return below.at, found, below
	case now-below.at <= precise:
		// A record of just now or of the future, and with it all that follows,
		// has no age yet: there is nothing to distinguish.
		return below.at, found, nil
	case above == nil || above.from-below.at > precise:
		return undated, open, nil
	case above.at == undated || above.at-below.at <= precise:
		return below.at, found, above
	}
	return s.gap(below, above, p)
}

// first: no record with a timestamp comes before above. The commit lies before
// the first one left, which is read next; or there is none, because the
// partition is empty or its records are from before Kafka 0.10.
func (s index) first(above *lookupResult) (cluster.Timestamp, verdict, *lookupResult) {
	if above.at == undated {
		return undated, hopeless, nil
	}
	return above.at, found, above
}

// gap: no record with a timestamp of its own lies between below, which is
// before the commit, and above, which is after it and much younger.
//   - Where every offset is there, the record at the commit has the same
//     timestamp as below, or one out of order: the largest so far counts.
//   - In a compacted topic it is most likely gone, and the next one is read.
func (s index) gap(below, above *lookupResult, p policy) (cluster.Timestamp, verdict, *lookupResult) {
	switch {
	case !p.gaps():
		return below.at, foundUnlessCompacted, nil
	case above.from-below.at > 1:
		return undated, open, nil
	}
	return above.at, found, above
}

// between estimates a commit's date from the answers around it, as if records
// had come at an even rate between them. The estimate and the truth both lie
// within bounds that are so far apart. The upper one is by:
//   - Where every offset is there, the record at the commit comes before by's,
//     and is older than what by was found by looking for.
//   - Otherwise that of by may be the next one.
func (s index) between(commit cluster.Offset, p policy) (at, apart cluster.Timestamp, by *lookupResult) {
	below, above := s.around(commit)
	if below == nil || above == nil {
		return undated, 0, nil
	}
	apart = max(above.from-below.at, 0)
	if p != plain {
		if above.at == undated {
			return undated, 0, nil
		}
		apart = above.at - below.at
	}
	part := float64(commit-below.offset) / float64(above.offset-below.offset)
	return below.at + cluster.Timestamp(part*float64(apart)), apart, above
}

// progress is how far the search for one commit's date has come.
type progress struct {
	commit cluster.Offset
	// at is the time asked for last; end was the log's end then.
	at  cluster.Timestamp
	end cluster.Offset
	// low and width are the bounds as they were then: the lower one, and how
	// far above it the other was.
	low, width cluster.Timestamp
	// pace is what the width is to be by now.
	pace cluster.Timestamp
	// side counts the answers in a row that moved the same bound: the upper one
	// where positive, the lower one where negative.
	side int
}

// slack is how many answers a search may be behind bisecting.
const slack = 4

// next chooses the time to ask for while the date of commit is open. Whatever
// the answer, it moves one of the bounds.
func (p *progress) next(s index, h *history, commit cluster.Offset, now cluster.Timestamp) cluster.Timestamp {
	p.at = p.choose(s, h, commit, now)
	return p.at
}

func (p *progress) choose(s index, h *history, commit cluster.Offset, now cluster.Timestamp) cluster.Timestamp {
	below, above := s.around(commit)
	if below == nil {
		if at, ok := h.arrival(commit); ok && above == nil {
			return at
		}
		return 0 // the oldest record
	}
	until := lookupResult{from: now + 1, offset: max(p.end, commit+1)} // what is written lies before now
	if above != nil {
		until = *above
	}
	width := until.from - below.at
	p.note(commit, below.at, width)
	if commit == below.offset+1 || width <= precise {
		return below.at + 1 // finds what comes next, whenever that was
	}
	return min(max(below.at+p.interpolate(commit-below.offset, until.offset-commit), below.at+1), until.from-1)
}

// note compares the bounds with those before the last answer.
func (p *progress) note(commit cluster.Offset, low, width cluster.Timestamp) {
	if p.commit != commit || p.pace == 0 {
		*p = progress{commit: commit, end: p.end, low: low, width: width, pace: width << slack}
		return
	}
	if low == p.low {
		p.side = max(p.side, 0) + 1
	} else {
		p.side = min(p.side, 0) - 1
	}
	p.low, p.width, p.pace = low, width, p.pace/2
}

// interpolate returns how far above the lower bound to ask, when that is so many
// offsets before the commit and the upper one so many after it.
//
// Interpolation alone finds a date at once where records come at an even rate,
// and may take for ever where they do not. So the weight of a bound that does
// not move is halved from answer to answer (the Illinois method), and the time
// is kept near enough to the middle for the search to keep up with bisecting,
// but for the slack: that takes 20 answers for a week.
func (p *progress) interpolate(before, after cluster.Offset) cluster.Timestamp {
	// Half an offset before the commit: the answer is to be its record.
	low, high := float64(before)-0.5, float64(after)+0.5
	if p.side > 1 {
		low = math.Ldexp(low, 1-p.side)
	} else if p.side < -1 {
		high = math.Ldexp(high, 1+p.side)
	}
	at := cluster.Timestamp(low / (low + high) * float64(p.width))
	reach := max(p.pace, p.width) / 2
	return min(max(at, p.width-reach), reach)
}
