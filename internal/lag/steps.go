// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"cmp"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// maxSteps is how many answers a partition remembers beyond those that the
// commits on it need.
const maxSteps = 8

// undated stands where a record's timestamp would.
const undated cluster.Timestamp = -1

// step is one answer of a look-up, and stays true while the log only grows:
// every record before offset is older than from, and the record at offset has
// the timestamp at. Where at is undated there was no record as young as from,
// and offset is the end of the log as it was.
//
// Timestamps may be out of order. A look-up finds the first record at or after
// a time, so what it sees are running maxima: at is the largest timestamp of
// all records up to offset. The date of a commit is meant likewise: the largest
// timestamp up to the record that is read next. With timestamps in order that
// is the record's own.
//
// In a compacted topic the record may go. Then at is still no later than the
// date of any commit beyond offset, but those before it have another.
type step struct {
	from, at cluster.Timestamp
	offset   cluster.Offset
	seen     cluster.Timestamp // the last time that a look-up gave this answer
}

// steps is sorted by offset and holds each once.
type steps []step

// learn enters an answer. It drops those that it shows to be wrong by now, or to
// tell nothing more.
func (s *steps) learn(next step) {
	*s = slices.DeleteFunc(*s, func(known step) bool { return known.refuted(next) })
	i, found := s.find(next.offset)
	if !found {
		s.reserve(len(*s) + 1)
		*s = slices.Insert(*s, i, next)
		return
	}
	known := &(*s)[i]
	if next.at != undated {
		known.at = next.at
	}
	known.from, known.seen = min(known.from, next.from), next.seen
}

// reserve makes room for n and hardly more: there may be a few hundred thousand
// of these.
func (s *steps) reserve(n int) {
	const spare = 2
	if n > cap(*s) || n+2*spare < cap(*s) {
		*s = append(make(steps, 0, n+spare), *s...)
	}
}

// refuted tells whether a newer answer cannot be if s still holds.
//   - It found nothing as young as from before its own record. A record there
//     has gone; that none was found there earlier is nothing new.
//   - It found a record before s, where there was none as young as that: the log
//     has changed.
func (s step) refuted(by step) bool {
	if s.offset < by.offset {
		return by.from <= max(s.at, s.from)
	}
	return s.offset > by.offset && by.at != undated && s.from <= by.at
}

func (s steps) find(o cluster.Offset) (int, bool) {
	return slices.BinarySearchFunc(s, o, func(s step, o cluster.Offset) int { return cmp.Compare(s.offset, o) })
}

// around returns the last record known at or before commit, and the first
// answer beyond it; nil where there is none.
func (s steps) around(commit cluster.Offset) (below, above *step) {
	i, _ := s.find(commit + 1)
	if i < len(s) {
		above = &s[i]
	}
	for i--; i >= 0; i-- {
		if s[i].at != undated {
			return &s[i], above
		}
	}
	return nil, above
}

// allow tells whether a commit's date, off by less than so much, may be at: it
// is no earlier than that of the record below, and what is there was not found
// by looking for the answer above.
func (s steps) allow(commit cluster.Offset, at, off cluster.Timestamp) bool {
	below, above := s.around(commit)
	return (below == nil || below.at-at < off) && (above == nil || at-above.from < off)
}

// prune drops what serves none of the commits, which are sorted.
//   - A record before the log's start is gone, and where timestamps are out of
//     order it may have been the one with the largest.
//   - What lies below the lowest commit's own bounds serves nobody: commits
//     move up.
//   - Of the others, which are bounds for commits to come, a limited number is
//     kept, spread over the log.
func (s *steps) prune(start cluster.Offset, commits []cluster.Offset) {
	first, _ := s.find(start)
	if len(commits) > 0 {
		if below, _ := s.around(commits[0]); below != nil {
			at, _ := s.find(below.offset)
			first = max(first, at)
		}
	}
	*s = slices.Delete(*s, 0, first)
	s.reserve(len(*s))
	if len(*s) <= maxSteps {
		return
	}
	needed := make(map[cluster.Offset]bool, 2*len(commits))
	for _, c := range commits {
		below, above := s.around(c)
		for _, bound := range []*step{below, above} {
			if bound != nil {
				needed[bound.offset] = true
			}
		}
	}
	for spare := len(*s) - len(needed); spare > maxSteps/2; spare-- {
		s.dropClosest(needed)
	}
}

// dropClosest drops the step whose neighbours are closest to each other.
func (s *steps) dropClosest(needed map[cluster.Offset]bool) {
	victim, closest := -1, cluster.Offset(0)
	for i := 0; i < len(*s); i++ {
		if needed[(*s)[i].offset] {
			continue
		}
		span := (*s)[min(i+1, len(*s)-1)].offset - (*s)[max(i-1, 0)].offset
		if victim < 0 || span < closest {
			victim, closest = i, span
		}
	}
	*s = slices.Delete(*s, victim, victim+1)
}
