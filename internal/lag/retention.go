// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"math"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// FillRetentionMargins sets, for each topic of the groups of r, which was computed
// from s, the least time until a record may be deleted that the group has not read. It needs the bounds of the ages.
func FillRetentionMargins(s *cluster.Snapshot, r *Report) {
	for i := range r.Groups {
		for n := range r.Groups[i].Topics {
			t := &r.Groups[i].Topics[n]
			t.RetentionMargin = retentionMargin(s.Topics[t.Name].Config, t.AgeBound)
		}
	}
}

// retentionMargin is what a retention leaves of an age. A segment is deleted when its
// youngest record is older than the retention, so that a record may stay on when
// nothing is left.
func retentionMargin(c *cluster.TopicConfig, unread Age) Age {
	if c == nil || c.Deletes == nil || !*c.Deletes || c.RetentionTime == nil || !unread.Known {
		return Age{}
	}
	const longest = math.MaxInt64 / int64(time.Millisecond) // centuries
	if millis := *c.RetentionTime; millis != cluster.NoLimit && millis <= longest {
		return Age{Duration: max(time.Duration(millis)*time.Millisecond-unread.Duration, 0), Known: true}
	}
	return Age{}
}
