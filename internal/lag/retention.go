// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"math"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// FillRetentionMargins sets, for each topic of the groups of r, which was computed
// from s at the time now, the least time until a record may be deleted that the group
// has not read. It needs the bounds of the ages. With growth, the size that topics are
// limited to counts too.
func FillRetentionMargins(now time.Time, s *cluster.Snapshot, r *Report, growth *Growth) {
	for i := range r.Groups {
		for n := range r.Groups[i].Topics {
			t := &r.Groups[i].Topics[n]
			topic := s.Topics[t.Name]
			left := timeLeft(topic.Config, t.AgeBound)
			if growth != nil {
				left = left.sooner(growth.timeLeft(now, topic, t.Partitions))
			}
			t.RetentionMargin = left.Age
		}
	}
}

// remaining is the time until something happens. The zero remaining is unknown.
type remaining struct {
	Age
	never bool
}

// within returns a time of at least 0.
func within(d time.Duration) remaining { return remaining{Age: Age{Duration: max(d, 0), Known: true}} }

// sooner returns the shorter one; unknown as soon as one of them is.
func (t remaining) sooner(other remaining) remaining {
	switch {
	case t.never:
		return other
	case other.never:
		return t
	case !t.Known || !other.Known:
		return remaining{}
	}
	return within(min(t.Duration, other.Duration))
}

// timeLeft is what a retention leaves of an age. A segment is deleted when its
// youngest record is older than the retention, so that a record may stay on when
// nothing is left.
func timeLeft(c *cluster.TopicConfig, unread Age) remaining {
	if c == nil || c.Deletes == nil || c.RetentionTime == nil {
		return remaining{}
	}
	const longest = math.MaxInt64 / int64(time.Millisecond) // centuries
	switch millis := *c.RetentionTime; {
	case !*c.Deletes || millis == cluster.NoLimit || millis > longest:
		return remaining{never: true}
	case !unread.Known:
		return remaining{}
	default:
		return within(time.Duration(millis)*time.Millisecond - unread.Duration)
	}
}
