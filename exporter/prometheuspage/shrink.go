// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// shrinker drops from the parts of one source what newer ones have.
type shrinker struct {
	taken keySet
	gone  map[uint64]pcommon.Timestamp // until when blocks of a family that came later say series to be gone
	w     blockWriter
}

// shrink returns what is left of each part, nil where nothing is. What came last is first.
func (s *shrinker) shrink(parts []*part) map[*part]*part {
	left := make(map[*part]*part, len(parts))
	families := map[familyKey]*shrinking{}
	for _, p := range parts {
		left[p] = &part{at: p.at, arrived: p.arrived, families: map[familyKey]*family{}}
		for key, f := range p.families {
			known := families[key]
			if known == nil {
				known = &shrinking{}
				families[key] = known
			}
			known.owners = append(known.owners, p)
			for _, b := range f.blocks {
				known.blocks = append(known.blocks, contribution{block: b})
			}
		}
	}
	for key, known := range families {
		s.family(key, known, left)
	}
	for p, l := range left {
		if len(l.families) == 0 {
			left[p] = nil
			continue
		}
		l.count()
	}
	return left
}

// shrinking is what the parts of a source have of a family.
type shrinking struct {
	merged
	owners []*part
}

// family puts what is left of one family into the parts that are left.
func (s *shrinker) family(key familyKey, known *shrinking, left map[*part]*part) {
	s.taken.dropRepeated(&known.merged)
	s.gone = map[uint64]pcommon.Timestamp{}
	i := 0
	for _, p := range known.owners {
		f := *p.families[key]
		f.blocks = nil
		for range p.families[key].blocks {
			b := s.withoutKnown(s.left(known.blocks[i]))
			if i++; len(b.series)+len(b.removed) > 0 {
				f.blocks = append(f.blocks, b)
			}
		}
		if len(f.blocks) > 0 {
			left[p].families[key] = &f
		}
	}
}

// left is a block without the series that are dropped.
func (s *shrinker) left(c contribution) *block {
	switch {
	case c.dropped == nil:
		return c.block
	case !slices.Contains(c.dropped, false):
		return &block{
			removed: c.removed, newest: c.newest, oldest: c.oldest, legacyNames: c.legacyNames, sameInOpen: c.sameInOpen,
		}
	default:
		return s.w.without(c.block, c.dropped)
	}
}

// withoutKnown is a block without the removals that one which came later has as well: the
// newest of a series hides what is older, be it there already or late.
func (s *shrinker) withoutKnown(b *block) *block {
	var news []removed
	for _, r := range b.removed {
		if at, known := s.gone[r.key]; !known || at < r.at {
			s.gone[r.key] = r.at
			news = append(news, r)
		}
	}
	if len(news) == len(b.removed) {
		return b
	}
	left := *b
	left.removed = news
	return &left
}
