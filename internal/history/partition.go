// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package history

import (
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Partition is what is remembered of a group in one partition.
type Partition struct {
	id     int32
	scrape int
	// Samples are those of the last scrapes that knew the lag, the newest last.
	Samples []Sample
	// movedAt is when the committed offset was first seen where it is.
	movedAt time.Duration
}

// Sample is what one scrape saw.
type Sample struct {
	// At is when, since the first scrape, by a clock that nobody sets.
	At time.Duration
	// Commit is the committed offset, and Lag how far it is from the end.
	Commit, Lag cluster.Offset
}

// Committed is the committed offset.
func (s Sample) Committed() cluster.Offset { return s.Commit }

// End is where the log ended.
func (s Sample) End() cluster.Offset { return s.Commit + s.Lag }

func (p *Partition) observe(now Sample, window int) {
	last := len(p.Samples) - 1
	switch {
	case last < 0:
		p.Samples, p.movedAt = make([]Sample, 0, window), now.At
	case p.Samples[last].Commit != now.Commit:
		p.movedAt = now.At
	}
	if len(p.Samples) == window {
		copy(p.Samples, p.Samples[1:])
		p.Samples = p.Samples[:window-1]
	}
	p.Samples = append(p.Samples, now)
}

// CommitAge is how long before the newest sample the committed offset was first
// seen where it is: it has not moved for at least that long.
func (p *Partition) CommitAge() time.Duration { return p.Samples[len(p.Samples)-1].At - p.movedAt }
