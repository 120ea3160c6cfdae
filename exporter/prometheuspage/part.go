// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// part is what one message said of one origin.
type part struct {
	at       pcommon.Timestamp // the newest of its points
	arrived  time.Time
	families map[familyKey]*family
	metrics  int // how many the message had of the origin
	series   int // of all families, with those that are said to be gone
}

// familyKey distinguishes families. A page shows one type of each name. Which one, follows
// from what all sources have.
type familyKey struct {
	name string
	kind kind
}

// family is all series of one name and type.
type family struct {
	familyKey
	help, unit string
	position   int      // of its first metric in the message
	blocks     []*block // what is last in the message is first
}

// empty reports whether the message had nothing to show or to remove.
func (p *part) empty() bool { return len(p.families) == 0 }

// put adds a metric that comes before those that are in the part. What a family
// is follows from its first metric.
func (p *part) put(f *family, b *block) {
	if later := p.families[f.familyKey]; later != nil {
		f.blocks = later.blocks
	}
	f.blocks = append(f.blocks, b)
	p.families[f.familyKey] = f
}

// join adds what comes later in the same message, with both in its order.
func (p *part) join(later *part) {
	for key, f := range later.families {
		if known := p.families[key]; known != nil {
			known.blocks = append(known.blocks, f.blocks...)
			continue
		}
		f.position += p.metrics
		p.families[key] = f
	}
	p.metrics += later.metrics
}

// inOrder lists the families by name, those of one name as the message has them.
func (p *part) inOrder() []*family {
	return slices.SortedFunc(maps.Values(p.families), func(a, b *family) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.position, b.position))
	})
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
