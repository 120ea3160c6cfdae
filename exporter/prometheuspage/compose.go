// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
)

// merged is a family of the page: what all sources have of one name and type.
type merged struct {
	*family          // as the first has it of which something is shown
	order     int    // of that one among all
	shown     string // the name in the form's escaping
	blocks    []contribution
	left      int  // how many series are shown
	baseTaken bool // another family has the name without _total
}

// contribution is a block of a family: whose it is, and which of its series are left
// out because there is a newer point of them.
type contribution struct {
	*block
	family  *family
	order   int // of the family among all of all sources
	source  int
	dropped []bool // nil: none
}

// composer puts pages together. It is for one goroutine.
type composer struct {
	taken     keySet
	size      int        // of the last page, compressed
	conflicts []conflict // distinct ones
	known     map[conflict]struct{}
}

// conflict is something that sources disagree on.
type conflict struct{ message, metric string }

// compose writes the page of a form.
func (c *composer) compose(sources [][]*part, f form) *page {
	c.conflicts, c.known = nil, map[conflict]struct{}{}
	w := newPageWriter(c.size + c.size/16)
	series := 0
	for _, m := range c.merge(sources, f) {
		lost := m.write(w, f)
		series += m.left
		if lost {
			c.conflict("left out series with a label whose name, where it must be escaped, is __name__", m.name)
		}
	}
	if f.format == openMetrics {
		_, _ = w.Write([]byte("# EOF\n")) // it is kept in memory
	}
	p := w.finish()
	p.series, c.size = series, len(p.packed)
	return p
}

// merge brings the families of all sources together, by name. Of those that show anything,
// the first says of which type a name is, and its help: sources are in the order of their
// ids, what a source sent last is first, and a message has its own order.
func (c *composer) merge(sources [][]*part, f form) []*merged {
	families := slices.DeleteFunc(gather(sources), func(m *merged) bool { return !c.settle(m, f) })
	slices.SortFunc(families, func(a, b *merged) int { return cmp.Compare(a.order, b.order) })
	byName := map[string]*merged{}
	for _, m := range families {
		switch first := byName[m.shown]; {
		case first == nil:
			byName[m.shown] = m
		case first.name == m.name:
			c.conflict("left out samples of another type than the first has", m.name)
		default:
			c.conflict("left out a metric whose name is another's where it must be escaped", m.name)
		}
	}
	for name, m := range byName {
		if base, total := strings.CutSuffix(name, "_total"); total {
			m.baseTaken = byName[base] != nil
		}
	}
	families = slices.SortedFunc(maps.Values(byName), func(a, b *merged) int { return strings.Compare(a.shown, b.shown) })
	return slices.DeleteFunc(families, func(m *merged) bool { return c.collides(byName, m) })
}

// gather lists the families of all sources, in no order.
func gather(sources [][]*part) []*merged {
	all := map[familyKey]*merged{}
	order := 0
	for i, parts := range sources {
		for _, p := range parts {
			for _, f := range p.inOrder() {
				m := all[f.familyKey]
				if m == nil {
					m = &merged{}
					all[f.familyKey] = m
				}
				order++
				for _, b := range f.blocks {
					m.blocks = append(m.blocks, contribution{block: b, family: f, order: order, source: i})
				}
			}
		}
	}
	return slices.Collect(maps.Values(all))
}

// settle finds out what of a family is shown, and reports whether anything is.
func (c *composer) settle(m *merged, f form) bool {
	m.left = c.taken.dropRepeated(m)
	for _, b := range m.blocks {
		switch {
		case b.empty():
		case m.family == nil:
			m.family, m.order, m.shown = b.family, b.order, escapeMetricName(b.family.name, f.escaping)
		case m.help != b.family.help:
			c.conflict("kept the first of different descriptions", m.name)
		}
	}
	return m.family != nil
}

// conflict remembers a conflict to log, once: many sources may have the same.
func (c *composer) conflict(message, metric string) {
	found := conflict{message, metric}
	if _, known := c.known[found]; known || len(c.conflicts) >= maxReasons {
		return
	}
	c.known[found] = struct{}{}
	c.conflicts = append(c.conflicts, found)
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

// write writes the family's head and its samples, and reports whether any were left out
// because of a label that the form cannot have.
func (m *merged) write(w *pageWriter, f form) (lost bool) {
	_, _ = w.Write(m.head(f)) // it is kept in memory
	rewriter := newRewriter(m, f)
	lost = rewriter.dropEqual(m)
	for _, b := range m.blocks {
		switch {
		case b.empty():
		case b.dropped == nil && rewriter.leaves(b.block):
			w.block(b.block)
		default:
			rewriter.write(w, b)
		}
	}
	return lost
}

// empty reports whether nothing of the block is left.
func (b contribution) empty() bool {
	return len(b.series) == 0 || b.dropped != nil && !slices.Contains(b.dropped, false)
}

// head is the lines that come before a family's samples.
func (m *merged) head(f form) []byte {
	name, kind := m.shown, m.kind.String()
	if f.format == openMetrics && m.kind == counter {
		// OpenMetrics names counters without the suffix that their samples have.
		if base, total := strings.CutSuffix(name, "_total"); total && !m.baseTaken {
			name = base
		} else {
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
