// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// Learn takes the answers to a plan. It ignores those about topics and partitions that
// were deleted or created anew since.
func (d *Estimator) Learn(answers []cluster.Answer) {
	for _, a := range answers {
		t := d.topics[a.Topic]
		if t == nil {
			continue
		}
		if p, _ := t.find(a.Partition); p != nil && p.asked {
			p.asked = false
			d.learn(p, a)
		}
	}
}

func (d *Estimator) learn(p *partitionDates, a cluster.Answer) {
	switch {
	case a.Err != nil:
		p.search = nil
		p.backOff(d)
		return
	case a.Offset == cluster.None:
		p.index.learn(lookupResult{from: a.At, at: undated, offset: p.search.end, seen: d.now})
	default:
		found := lookupResult{from: a.At, at: a.Time, offset: a.Offset, seen: d.now}
		p.index.learn(found)
		by, known := p.lateness(&found)
		if !known {
			by = p.history.at - found.at // at most: it was there when the history began
		}
		if max(by, -by) <= d.interval() {
			p.lastOnTime = a.Offset
		}
	}
	p.failedLookups = 0
}

// maxFailedLookups bounds how long a partition whose look-ups fail is skipped: 8
// scrapes. It may have been the broker that failed, not the partition.
const maxFailedLookups = 3

// backOff skips the partition for 1, 2, 4, then 8 scrapes after failed look-ups.
func (p *partitionDates) backOff(d *Estimator) {
	p.skipUntil = d.scrape + 1<<p.failedLookups
	p.failedLookups = min(p.failedLookups+1, maxFailedLookups)
}
