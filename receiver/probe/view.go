// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import "time"

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

// nextOffsets returns the offset after the newest record that was acknowledged, by
// partition. All are committed each time: one that is left behind would lag for good.
func (p *prober) nextOffsets() map[int32]int64 {
	next := map[int32]int64{}
	if !p.isMine() {
		return next
	}
	for _, s := range p.view(p.now()).brokers {
		if s.offset >= 0 {
			next[s.partition] = s.offset + 1
		}
	}
	return next
}
