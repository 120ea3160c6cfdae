// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// Learn takes the answers to a plan. Those about a partition that has changed
// beyond recognition since are dropped.
func (d *Dates) Learn(answers []cluster.Answer) {
	for _, a := range answers {
		t := d.topics[a.Topic]
		if t == nil {
			continue
		}
		if p := t.partitions[a.Partition]; p != nil && p.asked {
			p.asked = false
			d.learn(p, a)
		}
	}
}

func (d *Dates) learn(p *partitionDates, a cluster.Answer) {
	rechecked := p.rechecks
	p.rechecks = false
	if a.Err != nil { // the next scrape may ask the very same
		p.aside, p.search = true, nil
		return
	}
	if a.Offset == cluster.None {
		p.steps.learn(step{from: a.At, at: undated, offset: p.search.end, seen: d.now})
		if rechecked {
			p.lateness.doubt(p.search.end)
		}
		return
	}
	p.steps.learn(step{from: a.At, at: a.Time, offset: a.Offset, seen: d.now})
	if arrived, ok := p.history.arrival(a.Offset); ok {
		p.lateness.learn(arrived-a.Time, arrived, a.Offset, &p.history, d)
	}
	if arrived, ok := p.history.arrival(a.Offset - 1); ok { // it is older than what was asked for
		p.lateness.begins(arrived-a.At, a.Offset, d)
	}
	if rechecked {
		p.lateness.rechecked(a.At, d)
	}
}
