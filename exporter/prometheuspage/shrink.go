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
	kinds := map[string]kind{}
	owners := map[string][]*part{} // which parts have a family
	for _, p := range parts {
		left[p] = &part{at: p.at, arrived: p.arrived, families: map[string]*family{}}
		for name, f := range p.families {
			if len(owners[name]) == 0 {
				kinds[name] = f.kind
			}
			if f.kind == kinds[name] {
				owners[name] = append(owners[name], p)
			}
		}
	}
	for name, of := range owners {
		s.family(name, of, left)
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

// family puts what is left of one family into the parts that are left.
func (s *shrinker) family(name string, owners []*part, left map[*part]*part) {
	m := &merged{family: owners[0].families[name]}
	for _, p := range owners {
		for _, b := range p.families[name].blocks {
			m.blocks = append(m.blocks, contribution{block: b})
		}
	}
	s.taken.dropRepeated(m)
	s.gone = map[uint64]pcommon.Timestamp{}
	i := 0
	for _, p := range owners {
		f := *p.families[name]
		f.blocks = nil
		for range p.families[name].blocks {
			b := s.withoutKnown(s.left(m.blocks[i]))
			if i++; len(b.series)+len(b.removed) > 0 {
				f.blocks = append(f.blocks, b)
			}
		}
		if len(f.blocks) > 0 {
			left[p].families[name] = &f
		}
	}
}

// left is a block without the series that are dropped.
func (s *shrinker) left(c contribution) *block {
	switch {
	case c.dropped == nil:
		return c.block
	case !slices.Contains(c.dropped, false):
		return &block{removed: c.removed, newest: c.newest, oldest: c.oldest}
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
