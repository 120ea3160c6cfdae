// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// store has what every origin sent last. Parts never change, so that whoever
// puts a page together reads them without a lock.
type store struct {
	exact      bool
	expiration time.Duration

	mu      sync.Mutex
	sources map[string]*source
	version uint64 // counts changes
}

func newStore(exact bool, expiration time.Duration) *store {
	return &store{exact: exact, expiration: expiration, sources: map[string]*source{}}
}

// add takes what a message says of an origin.
func (s *store) add(id string, p *part) {
	if s.put(id, p) {
		s.shrink(id)
	}
}

// put adds a part, and reports whether its source has grown so much that it is
// worth looking for what newer parts have as well.
func (s *store) put(id string, p *part) (grown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.sources[id]
	if known == nil {
		known = &source{}
		s.sources[id] = known
	}
	if known.add(p, s.exact) {
		s.version++
	}
	return known.grown()
}

// shrink drops what newer parts of a source have as well. A page is the same
// after as before. It is not locked while it works.
func (s *store) shrink(id string) {
	parts := s.partsOf(id)
	var worker shrinker
	left := worker.shrink(parts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.sources[id]; known != nil {
		known.replace(left)
	}
}

func (s *store) partsOf(id string) []*part {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.sources[id]; known != nil {
		return slices.Clone(known.shown)
	}
	return nil
}

// expire forgets what is too old, and shows what was held back for too long.
func (s *store) expire(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, known := range s.sources {
		if known.expire(now, s.expiration) {
			s.version++
		}
		if known.over(now) {
			delete(s.sources, id)
		}
	}
	s.forget()
}

// maxRemembered bounds how many sources are remembered that have nothing on the
// page: a sender may name itself anew all the time.
const maxRemembered = 1000

// forget forgets those of them that have been silent for longest.
func (s *store) forget() {
	var silent []string
	for id, known := range s.sources {
		if known.empty() {
			silent = append(silent, id)
		}
	}
	if len(silent) <= maxRemembered {
		return
	}
	slices.SortFunc(silent, func(a, b string) int { return s.sources[b].arrived.Compare(s.sources[a].arrived) })
	for _, id := range silent[maxRemembered:] {
		delete(s.sources, id)
	}
}

// changes counts what has changed a page.
func (s *store) changes() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// snapshot lists the parts to show of each source, what came last first, sources in
// the order of their ids.
func (s *store) snapshot() (sources [][]*part, version uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.sources)) {
		sources = append(sources, slices.Clone(s.sources[id].shown))
	}
	return sources, s.version
}
