// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// part is what one message said of one origin.
type part struct {
	at       pcommon.Timestamp // the newest of its points
	arrived  time.Time
	families map[string]*family
	series   int // of all families, with those that are said to be gone
}

// family is all series of one name.
type family struct {
	name, help, unit string
	kind             kind
	blocks           []*block // what is last in the message is first
}

// empty reports whether the message had nothing to show or to remove.
func (p *part) empty() bool { return len(p.families) == 0 }

// shows reports whether there is anything to show of a family: it may only be said that
// series are gone.
func (f *family) shows() bool {
	return slices.ContainsFunc(f.blocks, func(b *block) bool { return len(b.series) > 0 })
}

// removals lists the blocks that only say that series are gone.
func (f *family) removals() []*block {
	return slices.DeleteFunc(slices.Clone(f.blocks), func(b *block) bool { return len(b.series) > 0 })
}

// put adds a metric that comes before those that are in the part. What a family
// is follows from its first metric that has something to show; what is of another
// type is lost.
func (p *part) put(f *family, b *block, lost losses) {
	switch later := p.families[f.name]; {
	case later == nil:
	case later.kind == f.kind || !later.shows():
		f.blocks = later.blocks
	case len(b.series) == 0:
		f = later
	default:
		lost.add(errOtherType, f.name)
		f.blocks = later.removals()
	}
	f.blocks = append(f.blocks, b)
	p.families[f.name] = f
}

// join adds what comes later in the same message, with both in its order. Of what
// a family is, the first decides that has something to show; what is of another type
// is lost.
func (p *part) join(later *part, lost losses) {
	for name, f := range later.families {
		known := p.families[name]
		switch {
		case known == nil:
			p.families[name] = f
		case known.kind == f.kind:
			known.blocks = append(known.blocks, f.blocks...)
		case !known.shows():
			f.blocks = append(known.blocks, f.blocks...)
			p.families[name] = f
		default:
			if f.shows() {
				lost.add(errOtherType, name)
			}
			known.blocks = append(known.blocks, f.removals()...)
		}
	}
}

// reverse turns the order of each family's blocks round.
func (p *part) reverse() {
	for _, f := range p.families {
		slices.Reverse(f.blocks)
	}
}

// count counts the series anew.
func (p *part) count() {
	p.series = 0
	for _, f := range p.families {
		for _, b := range f.blocks {
			p.series += len(b.series) + len(b.removed)
		}
	}
}
