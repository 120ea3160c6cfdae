// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"hash/maphash"
	"math/bits"
)

// seed makes the keys of series ones that no sender can foresee.
var seed = maphash.MakeSeed()

// keyOf identifies a series among others of its family: a hash of its
// labels. Two of a million series have the same by a chance of one in 30
// million; one of them would be missing.
func keyOf(labels []byte) uint64 { return maphash.Bytes(seed, labels) }

// keySet is a set of keys. Keys are hashes already, so it needs no map.
type keySet struct {
	slots []uint64 // 0: free
	zero  bool     // 0 is in the set
}

// reset empties the set and makes room for n keys. More must not be added.
func (s *keySet) reset(n int) {
	size := 1 << bits.Len(uint(2*n))
	if size <= cap(s.slots) && cap(s.slots) <= 8*size {
		s.slots = s.slots[:size]
		clear(s.slots)
	} else {
		s.slots = make([]uint64, size)
	}
	s.zero = false
}

// add reports whether the key is new.
func (s *keySet) add(key uint64) bool {
	if key == 0 {
		known := s.zero
		s.zero = true
		return !known
	}
	mask := uint64(len(s.slots) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case 0:
			s.slots[i] = key
			return true
		case key:
			return false
		}
	}
}

// repeated marks the series of a block that it has a newer point of, or that a newer one
// says to be gone. It returns nil if there are none.
//
// A block is looked at when it is complete: one key after the other, the
// processor waits for several places in memory at once.
func (s *keySet) repeated(b *block) (dropped []bool) {
	alone := contribution{block: b}
	if b.times != nil || len(b.removed) > 0 {
		m := &merged{blocks: []contribution{alone}}
		dropOlder(m, len(b.series))
		return m.blocks[0].dropped
	}
	s.reset(len(b.series))
	for i, key := range b.series {
		if !s.add(key) {
			alone.drop(i)
		}
	}
	return alone.dropped
}
