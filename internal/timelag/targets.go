// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"iter"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// target is a commit to be dated by look-ups, and how fast its group moves.
type target struct {
	topic     string
	partition int32
	need      quality
	commit    cluster.Offset
	lag       cluster.Offset
	// step is how far the group will have moved by the next scrape. 0: only its present
	// commit counts.
	step cluster.Offset
	// anchor says that a look-up may be made for a new anchor of its arrival.
	anchor bool
}

// ahead is how many future commits of a moving group are dated in advance: its next one,
// and one more as a bound beyond that.
const ahead = 2

// commits are the commits to be dated.
func (w *target) commits() iter.Seq[cluster.Offset] {
	return func(yield func(cluster.Offset) bool) {
		going := yield(w.commit)
		// Divided, because a product of offsets need not fit.
		for n := cluster.Offset(1); going && n <= ahead && w.step > 0 && w.step <= (w.lag-1)/n; n++ {
			going = yield(w.commit + n*w.step)
		}
	}
}

// assess notes which look-ups could improve a date, and reports whether any could. A group that
// moves will be somewhere else at the next scrape, so its commit need not be dated well:
// the look-up is for where it will be if it goes on as it did. It is not needed where the
// arrival of its record gives as good a date. A group that is about to be caught up has
// nothing ahead to look up: an anchor helps it, or a good date where it is.
func (w *target) assess(known date, p *partitionDates) bool {
	step := p.moved(w.commit)
	ahead := step > 0 && step < w.lag
	w.need = good
	switch {
	case known.arrived.quality == good:
	case ahead:
		w.need, w.step = rough, step
	case step > 0 && known.arrived.lasts:
		w.need = guessed
	}
	w.anchor = known.arrived.due && (known.arrived.by == 0 || step > 0)
	return known.quality < w.need || w.step > 0 || w.anchor
}

// moved is how far the group at commit has moved since the scrape before. Among several
// groups, it is assumed to be the one that was closest.
func (p *partitionDates) moved(commit cluster.Offset) cluster.Offset {
	i, found := slices.BinarySearch(p.before, commit)
	if found || i == 0 {
		return 0
	}
	return commit - p.before[i-1]
}

// HasTargets reports whether there is something to ask.
func (d *Estimator) HasTargets() bool { return len(d.targets)+len(d.unclear) > 0 }
