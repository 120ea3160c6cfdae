// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// dropRepeated leaves to each series its newest point, of equally old ones that which came
// last, and counts what is left. A block alone is what its renderer has seen to already.
func (s *keySet) dropRepeated(m *merged) (left int) {
	total := 0
	for i := range m.blocks {
		m.blocks[i].dropped = nil
		total += len(m.blocks[i].series)
	}
	if len(m.blocks) <= 1 {
		return total
	}
	order := newestFirst(m.blocks)
	if interleaved(m.blocks, order) {
		return dropOlder(m, total)
	}
	s.reset(total)
	gone := map[removal]struct{}{}
	for _, i := range order {
		b := &m.blocks[i]
		for n, key := range b.series {
			if has(gone, removal{b.source, key}) || !s.add(key) {
				b.drop(n)
				continue
			}
			left++
		}
		for _, r := range b.removed {
			gone[removal{b.source, r.key}] = struct{}{}
		}
	}
	return left
}

// removal is a series that a source says is gone.
type removal struct {
	source int
	key    uint64
}

// has reports whether a series is gone. Mostly none is.
func has(gone map[removal]struct{}, r removal) bool {
	if len(gone) == 0 {
		return false
	}
	_, known := gone[r]
	return known
}

// drop leaves out the n-th series.
func (b *contribution) drop(n int) {
	if b.dropped == nil {
		b.dropped = make([]bool, len(b.series))
	}
	b.dropped[n] = true
}

// newestFirst orders blocks by age, those of one time as they are.
func newestFirst(blocks []contribution) []int {
	order := make([]int, len(blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(blocks[b].newest, blocks[a].newest) })
	return order
}

// interleaved reports whether a block may have an older point of a series than one that
// comes after it in the order.
func interleaved(blocks []contribution, order []int) bool {
	for i, next := range order[1:] {
		this := order[i]
		switch cmp.Compare(blocks[this].oldest, blocks[next].newest) {
		case -1:
			return true
		case 0:
			if next < this { // it came later
				return true
			}
		}
	}
	return false
}

// moment is when a point was, and which one that is: of equally old ones, that of the lower
// block, and in it of the lower index, came last.
type moment struct {
	at           pcommon.Timestamp
	block, index int
}

// after reports whether a point is newer than another one.
func (m moment) after(other moment) bool {
	return cmp.Or(cmp.Compare(m.at, other.at), cmp.Compare(other.block, m.block), cmp.Compare(other.index, m.index)) > 0
}

// dropOlder is dropRepeated for blocks of which none is newer than the other as a whole:
// senders may give each point a time of its own.
func dropOlder(m *merged, total int) (left int) {
	gone := map[removal]moment{}
	for i, b := range m.blocks {
		for _, r := range b.removed {
			// It is after the series of its index, and not after those before.
			note(gone, removal{b.source, r.key}, moment{r.at, i, r.before})
		}
	}
	newest := make(map[uint64]moment, total)
	for i, b := range m.blocks {
		for n, key := range b.series {
			this := moment{b.timeOf(n), i, n}
			if r, removed := gone[removal{b.source, key}]; !removed || this.after(r) {
				note(newest, key, this)
			}
		}
	}
	for i := range m.blocks {
		b := &m.blocks[i]
		for n, key := range b.series {
			if kept, known := newest[key]; !known || kept.block != i || kept.index != n {
				b.drop(n)
				continue
			}
			left++
		}
	}
	return left
}

// note keeps the newest moment of a key.
func note[K comparable](known map[K]moment, key K, m moment) {
	if other, ok := known[key]; !ok || m.after(other) {
		known[key] = m
	}
}
