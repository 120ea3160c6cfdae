// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"maps"
	"slices"
	"time"
)

// view is what is known of a cluster now.
type view struct {
	cluster string
	since   time.Time // when counting began
	brokers map[int32]status
	commits map[int32]histogram // by coordinator
}

func (p *prober) view(now time.Time) view {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := view{cluster: p.cluster, since: p.since, brokers: make(map[int32]status, len(p.lanes))}
	for broker, l := range p.lanes {
		s := l.status(now)
		if !p.members[broker] {
			s.available, s.known = false, true
		}
		v.brokers[broker] = s
	}
	if p.commits != nil {
		v.commits, _ = p.commits.status()
	}
	return v
}

// newestOffset returns a partition and the offset of the newest record in it.
func (p *prober) newestOffset() (partition int32, offset int64, ok bool) {
	all := p.view(p.now()).brokers
	for _, broker := range slices.Sorted(maps.Keys(all)) {
		if s := all[broker]; s.offset >= 0 {
			return s.partition, s.offset, true
		}
	}
	return 0, 0, false
}
