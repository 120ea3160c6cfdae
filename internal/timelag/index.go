// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"slices"
	"sort"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// maxSteps is how many answers a partition remembers beyond those that the
// commits on it need.
const maxSteps = 8

// maxSpared is the same while a group is missing that may need them.
const maxSpared = 4 * maxSteps

// undated is in the place of a timestamp where there is no record.
const undated cluster.Timestamp = -1

// lookupResult is one answer of a look-up. It stays true while the log only grows:
// every record before offset is older than from, and the record at offset has the
// timestamp at. If at is undated, no record was as young as from, and offset is the end
// of the log at that time.
//
// Timestamps may be out of order. A look-up finds the first record at or after
// a time, so what it sees are running maxima: at is the largest timestamp of
// all records up to offset. The date of a commit is meant likewise: the largest
// timestamp up to the record that is read next. With timestamps in order that
// is the record's own.
//
// In a compacted topic the record may be deleted. Then at is still no later than the
// date of any commit beyond offset, but commits before it have another date.
type lookupResult struct {
	from, at cluster.Timestamp
	offset   cluster.Offset
	seen     cluster.Timestamp // the last time that a look-up gave this answer
}

// index is sorted by offset and holds each once.
type index []lookupResult

// learn enters an answer, and drops older answers that it refutes or makes redundant.
func (s *index) learn(next lookupResult) {
	s.drop(next)
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

// drop removes what an answer refutes: neighbours, since both offsets and times
// rise from each answer to the next.
func (s *index) drop(next lookupResult) {
	at, same := s.find(next.offset)
	above := at
	if same {
		above++
	}
	to := above
	for to < len(*s) && (*s)[to].refuted(next) {
		to++
	}
	*s = slices.Delete(*s, above, to)
	from := at
	for from > 0 && (*s)[from-1].refuted(next) {
		from--
	}
	*s = slices.Delete(*s, from, at)
}

// reserve makes room for n and little more: there may be a few hundred thousand
// indexes.
func (s *index) reserve(n int) {
	spare := 1 + n/16
	if n > cap(*s) || n+2*spare < cap(*s) {
		*s = append(make(index, 0, n+spare), *s...)
	}
}

// refuted reports whether a newer answer contradicts s, or makes it redundant:
//   - It found no record as young as by.from before by.offset, where s had one or had
//     found none either.
//   - It found a record before s that is as young as s.from, where s had found none: the
//     log has changed.
func (s lookupResult) refuted(by lookupResult) bool {
	if s.offset < by.offset {
		return by.from <= max(s.at, s.from)
	}
	return s.offset > by.offset && by.at != undated && s.from <= by.at
}

// find returns where the answer at o is, or would be. sort.Search takes a sixth of what
// slices.BinarySearchFunc does, to which each answer is passed by value.
func (s index) find(o cluster.Offset) (place int, found bool) {
	place = sort.Search(len(s), func(i int) bool { return s[i].offset >= o })
	return place, place < len(s) && s[place].offset == o
}

// around returns the last record known at or before commit, and the first
// answer beyond it; nil where there is none.
func (s index) around(commit cluster.Offset) (below, above *lookupResult) {
	last, _, next := s.places(commit)
	return s.at(last), s.at(next)
}

// below returns the last record known at or before commit, and the one before
// that; nil where there is none.
func (s index) below(commit cluster.Offset) (last, before *lookupResult) {
	i, j, _ := s.places(commit)
	return s.at(i), s.at(j)
}

// lastNotFound is the last look-up up to commit that found no record, if no record is
// known from there on.
func (s index) lastNotFound(commit cluster.Offset) *lookupResult {
	if i, _ := s.find(commit + 1); i > 0 && s[i-1].at == undated {
		return &s[i-1]
	}
	return nil
}

// places returns the indexes of the last record known at or before commit, of the one
// before that, and of the first answer beyond commit. They are out of range if there is
// none.
func (s index) places(commit cluster.Offset) (last, before, next int) {
	next, _ = s.find(commit + 1)
	last = s.dated(next - 1)
	return last, s.dated(last - 1), next
}

// dated returns the index of the last record up to i, -1 if there is none.
func (s index) dated(i int) int {
	for i >= 0 && s[i].at == undated {
		i--
	}
	return max(i, -1)
}

func (s index) at(i int) *lookupResult {
	if i < 0 || i >= len(s) {
		return nil
	}
	return &s[i]
}

// allow reports whether a commit's date may be at, with an error of less than off: no
// earlier than the record below, and no later than what the answer above was looked up
// with.
func (s index) allow(commit cluster.Offset, at, off cluster.Timestamp) bool {
	below, above := s.around(commit)
	return (below == nil || below.at-at < off) && (above == nil || at-above.from < off)
}

// from drops the records before the log's start: they are deleted, and one of them may
// have had the largest timestamp.
func (s *index) from(start cluster.Offset) {
	first, _ := s.find(start)
	*s = slices.Delete(*s, 0, first)
}

// prune drops answers that no commit needs. commits are sorted.
//   - Answers below those that the lowest commit needs go: commits move up.
//   - Of the others, which are bounds for later commits, a limited number is kept,
//     spread over the log.
func (s *index) prune(commits []cluster.Offset) {
	if len(commits) > 0 {
		last, before, _ := s.places(commits[0])
		if before < 0 {
			before = last
		}
		*s = slices.Delete(*s, 0, max(before, 0))
	}
	if len(*s) > maxSteps {
		s.spread(s.needed(commits))
	}
	s.reserve(len(*s))
}

// needed reports for each answer whether a commit needs it.
func (s index) needed(commits []cluster.Offset) []bool {
	needed := make([]bool, len(s)+2) // with room for places outside of s
	for _, c := range commits {
		last, before, next := s.places(c)
		needed[before+1], needed[last+1], needed[next], needed[next+1] = true, true, true, true
	}
	return needed[1 : len(s)+1]
}

// spread drops answers that are not needed and close to the one before.
func (s *index) spread(needed []bool) {
	all := *s
	width := (all[len(all)-1].offset - all[0].offset) / (maxSteps / 2)
	kept := all[:0]
	for i, known := range all {
		if needed[i] || len(kept) == 0 || known.offset-kept[len(kept)-1].offset >= width {
			kept = append(kept, known)
		}
	}
	*s = kept
}
