// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// merged is a family of the page: what all sources have of one name.
type merged struct {
	*family        // as its first source has it
	shown   string // the name in the form's escaping
	blocks  []contribution
}

// contribution is a block of a family: whose it is, how old, and which of its
// series are left out because a newer block has them.
type contribution struct {
	*block
	source  int
	at      pcommon.Timestamp
	dropped []bool // nil: none
}

// composer puts pages together. It is for one goroutine.
type composer struct {
	taken     keySet
	conflicts []conflict
}

// conflict is something that sources disagree on.
type conflict struct{ message, metric string }

// compose writes the page of a form.
func (c *composer) compose(sources [][]*part, f form) *page {
	c.conflicts = nil
	w := newPageWriter()
	series := 0
	for _, m := range c.merge(sources, f) {
		if left := c.taken.dropRepeated(m); left > 0 {
			series += left
			m.write(w, f)
		}
	}
	if f.format == openMetrics {
		_, _ = w.Write([]byte("# EOF\n")) // it is kept in memory
	}
	p := w.finish()
	p.series = series
	return p
}

// merge brings the families of all sources together, by name. The first source
// says of which type a family is, and its help.
func (c *composer) merge(sources [][]*part, f form) []*merged {
	byName := map[string]*merged{}
	for i, parts := range sources {
		for _, p := range parts {
			for _, name := range slices.Sorted(maps.Keys(p.families)) {
				c.add(byName, p.families[name], i, p.at, f)
			}
		}
	}
	families := slices.SortedFunc(maps.Values(byName), func(a, b *merged) int { return strings.Compare(a.shown, b.shown) })
	return slices.DeleteFunc(families, func(m *merged) bool { return c.collides(byName, m) })
}

func (c *composer) add(byName map[string]*merged, f *family, source int, at pcommon.Timestamp, as form) {
	shown := escapeMetricName(f.name, as.escaping)
	m := byName[shown]
	switch {
	case m == nil:
		m = &merged{family: f, shown: shown}
		byName[shown] = m
	case m.kind != f.kind:
		c.conflict("left out samples of another type than the first source has", f.name)
		return
	case m.name != f.name:
		c.conflict("left out a metric whose name is another's where it must be escaped", f.name)
		return
	case m.help != f.help:
		c.conflict("kept the first of different descriptions", f.name)
	}
	for _, b := range f.blocks {
		m.blocks = append(m.blocks, contribution{block: b, source: source, at: at})
	}
}

// conflict remembers a conflict to log, once: many sources may have the same.
func (c *composer) conflict(message, metric string) {
	found := conflict{message, metric}
	if len(c.conflicts) < maxReasons && !slices.Contains(c.conflicts, found) {
		c.conflicts = append(c.conflicts, found)
	}
}

// collides reports whether a family has the name of lines that belong to a
// histogram or a summary.
func (c *composer) collides(byName map[string]*merged, m *merged) bool {
	for suffix, kinds := range map[string][]kind{
		"_bucket": {histogram}, "_sum": {histogram, summary}, "_count": {histogram, summary},
	} {
		base, cut := strings.CutSuffix(m.shown, suffix)
		if other := byName[base]; cut && other != nil && slices.Contains(kinds, other.kind) {
			c.conflict("left out a metric that has the name of a histogram's or summary's lines", m.name)
			return true
		}
	}
	return false
}

// dropRepeated leaves each series to the newest block that has it, and counts
// what is left. A block alone is what its renderer has seen to already.
func (s *keySet) dropRepeated(m *merged) (left int) {
	total := 0
	for _, b := range m.blocks {
		total += len(b.series)
	}
	if len(m.blocks) == 1 {
		return total
	}
	s.reset(total)
	gone := removals{}
	for _, i := range newestFirst(m.blocks) {
		b := &m.blocks[i]
		kept := 0
		for n, key := range b.series {
			if !gone.has(b.source, key) && s.add(key) {
				kept++
				continue
			}
			if b.dropped == nil {
				b.dropped = make([]bool, len(b.series))
			}
			b.dropped[n] = true
		}
		for _, r := range b.removed {
			gone[removal{b.source, r.key}] = struct{}{}
		}
		left += kept
	}
	return left
}

// newestFirst orders blocks by age, those of one time as they are.
func newestFirst(blocks []contribution) []int {
	order := make([]int, len(blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(blocks[b].at, blocks[a].at) })
	return order
}

// removals is which series sources have said to be gone.
type removals map[removal]struct{}

type removal struct {
	source int
	key    uint64
}

func (r removals) has(source int, key uint64) bool {
	if len(r) == 0 {
		return false
	}
	_, gone := r[removal{source, key}]
	return gone
}

// write writes the family's head and its samples.
func (m *merged) write(w *pageWriter, f form) {
	_, _ = w.Write(m.head(f)) // it is kept in memory
	rewriter := newRewriter(m, f)
	if rewriter.taken != nil { // of lines that become equal, the first is written
		slices.SortStableFunc(m.blocks, func(a, b contribution) int { return cmp.Compare(b.at, a.at) })
	}
	for _, b := range m.blocks {
		switch {
		case b.empty():
		case b.dropped == nil && rewriter.leaves(b.block):
			w.block(b.block)
		default:
			rewriter.write(w, b)
		}
	}
}

// empty reports whether nothing of the block is left.
func (b contribution) empty() bool { return b.dropped != nil && !slices.Contains(b.dropped, false) }

// head is the lines that come before a family's samples.
func (m *merged) head(f form) []byte {
	name, kind := m.shown, m.kind.String()
	if f.format == openMetrics && m.kind == counter {
		// OpenMetrics names counters without the suffix that their samples have.
		base, total := strings.CutSuffix(name, "_total")
		if name = base; !total {
			kind = "unknown"
		}
	}
	quoted := string(appendMetricName(nil, name))
	var b strings.Builder
	if m.help != "" {
		b.WriteString("# HELP " + quoted + " " + escapeHelp(m.help, f.format) + "\n")
	}
	b.WriteString("# TYPE " + quoted + " " + kind + "\n")
	// Prometheus rejects the page where the name does not end in the unit.
	if f.format == openMetrics && model.LegacyValidation.IsValidMetricName(m.unit) && strings.HasSuffix(name, "_"+m.unit) {
		b.WriteString("# UNIT " + quoted + " " + m.unit + "\n")
	}
	return []byte(b.String())
}
