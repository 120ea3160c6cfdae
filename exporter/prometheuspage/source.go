// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"cmp"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// source is what one origin sent.
//
// With exact expiry, its parts are those of one scrape: they have equal times, and
// a newer scrape takes their place. A processor may have split a scrape, and
// nothing in a message says into how many. So a new scrape is shown once it has
// as many parts as the one before, or none came for the time of settling: a page
// that is pulled in between shows the last scrape whole.
//
// Without it, every part stays for as long as its series last, and of each series
// the newest point counts.
type source struct {
	shown    []*part       // what came last is first
	next     []*part       // of a newer scrape that is not complete yet
	arrived  time.Time     // when the last part came that was not late
	gaps     []gap         // between a part and what came before, that still count
	interval time.Duration // between two scrapes, as the gaps show it

	kept, keptParts int // series and parts in shown when they were last known to be no more than needed
}

// settling is how long after its last part a scrape counts as complete.
const settling = time.Second

// add takes a part and reports whether it changes what is shown.
func (s *source) add(p *part, exact bool) (changed bool) {
	newest := s.newest()
	if exact && p.at < newest && s.late(p) {
		return false
	}
	if !exact || p.at != newest {
		s.learn(p, exact)
	}
	s.arrived = p.arrived
	switch {
	case !exact:
		s.shown = slices.Insert(s.shown, 0, p)
		return true
	case len(s.shown)+len(s.next) == 0:
		s.shown = []*part{p}
		return true
	case p.at != newest:
		changed = s.show() // whatever came of the scrape before
		s.next = []*part{p}
	case len(s.next) > 0:
		s.next = slices.Insert(s.next, 0, p)
	default:
		s.shown = slices.Insert(s.shown, 0, p)
		return true
	}
	if len(s.next) >= len(s.shown) {
		changed = s.show()
	}
	return changed
}

// late reports whether a part of older points is of a scrape before the newest.
// One that comes when the next scrape is due is that: the sender's clock was set
// back.
func (s *source) late(p *part) bool {
	return p.arrived.Sub(s.arrived) < max(settling, s.interval/2)
}

// show replaces the scrape that is shown by the next, if there is one.
func (s *source) show() (changed bool) {
	if len(s.next) == 0 {
		return false
	}
	s.shown, s.next = s.next, nil
	s.keep()
	return true
}

// growth is how many series, or parts, more than twice those that are needed are kept
// before it is looked which are. The work is in proportion to what arrives.
const growth = 1000

// grown reports whether so many have come.
func (s *source) grown() bool {
	return len(s.shown) > 1 && (seriesOf(s.shown) > 2*s.kept+growth || len(s.shown) > 2*s.keptParts+growth)
}

// keep notes that what is shown is needed.
func (s *source) keep() { s.kept, s.keptParts = seriesOf(s.shown), len(s.shown) }

// replace puts in the place of each part what is left of it.
func (s *source) replace(left map[*part]*part) {
	shown := make([]*part, 0, len(s.shown))
	for _, p := range s.shown {
		l, known := left[p]
		switch {
		case !known: // it came in the meantime
			shown = append(shown, p)
		case l != nil:
			shown = append(shown, l)
		}
	}
	s.shown = shown
	s.keep()
}

func seriesOf(parts []*part) int {
	n := 0
	for _, p := range parts {
		n += p.series
	}
	return n
}

// newest is the time of the newest scrape.
func (s *source) newest() pcommon.Timestamp {
	switch {
	case len(s.next) > 0:
		return s.next[0].at
	case len(s.shown) > 0:
		return s.shown[0].at
	default:
		return 0
	}
}

// gap is a time in which nothing came.
type gap struct {
	length time.Duration
	end    time.Time
}

const (
	// maxGaps bounds how many gaps are remembered.
	maxGaps = 16
	// lasting is for how many times its length a gap counts, not counting the longest one
	// since: that may be an outage.
	lasting = 4
)

// learn sees how far apart scrapes are. Longer gaps may be outages, and what comes close
// together has none between.
//
// With exact expiry a gap is one between two scrapes, and the median counts. Without it, it
// may be one between the parts of a round, which may be many: the third longest counts. The
// longer a gap is, the longer it is remembered.
func (s *source) learn(p *part, exact bool) {
	if s.arrived.IsZero() {
		return
	}
	s.forgetGaps()
	if length := p.arrived.Sub(s.arrived); length >= settling {
		s.gaps = append(s.gaps, gap{length, p.arrived})
	}
	if s.interval = 0; len(s.gaps) == 0 {
		return
	}
	byLength := slices.SortedFunc(slices.Values(s.gaps), func(a, b gap) int { return cmp.Compare(b.length, a.length) })
	if exact {
		s.interval = byLength[len(byLength)/2].length
	} else {
		s.interval = byLength[min(2, len(byLength)-1)].length
	}
	if len(s.gaps) > maxGaps {
		shortest := byLength[maxGaps]
		s.gaps = slices.DeleteFunc(s.gaps, func(g gap) bool { return g == shortest })
	}
}

// forgetGaps drops those that have been remembered for long enough.
func (s *source) forgetGaps() {
	longest := time.Duration(0) // of those since
	for i, g := range slices.Backward(s.gaps) {
		if s.arrived.Sub(g.end)-longest > lasting*g.length {
			s.gaps = slices.Delete(s.gaps, i, i+1)
		}
		longest = max(longest, g.length)
	}
}

// expire drops parts that are too old and reports whether that, or a scrape that
// has settled, changes what is shown. An interval is never mistaken for silence:
// a source that is heard of every ten minutes is not silent after five.
func (s *source) expire(now time.Time, after time.Duration) (changed bool) {
	if len(s.next) > 0 && now.Sub(s.next[0].arrived) >= settling {
		changed = s.show()
	}
	oldest := now.Add(-max(after, 2*s.interval))
	old := func(p *part) bool { return p.arrived.Before(oldest) }
	if !slices.ContainsFunc(s.shown, old) {
		return changed
	}
	s.shown = slices.DeleteFunc(s.shown, old)
	s.kept, s.keptParts = min(s.kept, seriesOf(s.shown)), min(s.keptParts, len(s.shown))
	return true
}

// remembered is for how long it is known of a source that has expired how often
// it sends: one that does so more rarely than it expires is not to vanish each
// time.
const remembered = time.Hour

// over reports whether nothing is known of a source that is worth keeping.
func (s *source) over(now time.Time) bool {
	return s.empty() && now.Sub(s.arrived) > remembered
}

// empty reports whether the source has nothing on the page, nor to come.
func (s *source) empty() bool { return len(s.shown)+len(s.next) == 0 }
