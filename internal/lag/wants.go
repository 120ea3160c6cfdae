// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// want is a commit that look-ups are to date.
type want struct {
	topic     string
	partition int32
	commit    cluster.Offset
	lag       cluster.Offset
	need      quality
}

// quality is how well a date is known.
type quality int

const (
	none quality = iota
	// rough dates are estimates, off by no more than an interval or a twentieth
	// of the age.
	rough
	good
)

// ahead is how many scrapes are looked ahead for a group that moves: to where it
// will be at the next, and to a bound beyond.
const ahead = 2

// want notes what look-ups could improve. A group that moves will be somewhere
// else at the next scrape, so its commit need not be dated well. If it is older
// than the history, asked about is where it will be if it goes on as it did.
func (d *Dates) want(known quality, p *partitionDates, w want) {
	step := p.moved(w.commit)
	w.need = good
	if _, remembered := p.history.arrival(w.commit); step > 0 && !remembered {
		w.need = rough
	}
	if known < w.need || d.recheck(p, w.commit) {
		d.wants = append(d.wants, w)
	}
	for n := 0; n < ahead && w.need == rough && w.lag > step; n++ {
		w.commit, w.lag = w.commit+step, w.lag-step
		d.wants = append(d.wants, w)
	}
}

// moved is how far the group at commit has come since the scrape before; of
// several groups, it is taken for the one that was closest.
func (p *partitionDates) moved(commit cluster.Offset) cluster.Offset {
	i, found := slices.BinarySearch(p.before, commit)
	if found || i == 0 {
		return 0
	}
	return commit - p.before[i-1]
}

// recheck tells whether it is time to look up again how late records arrive.
// Until that is answered, they arrive as before.
func (d *Dates) recheck(p *partitionDates, commit cluster.Offset) bool {
	_, remembered := p.history.arrival(commit)
	return remembered && p.lateness.steady && d.now > p.lateness.recheckAt && !d.Blind
}

// Wanting tells whether look-ups would help.
func (d *Dates) Wanting() bool { return len(d.wants) > 0 }
