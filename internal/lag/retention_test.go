// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestRetentionMargin(t *testing.T) {
	age := func(d time.Duration) Age { return Age{Duration: d, Known: true} }
	keeps := func(millis int64) *cluster.TopicConfig {
		return &cluster.TopicConfig{Deletes: new(true), RetentionTime: &millis}
	}
	const hour = 3_600_000
	for name, tt := range map[string]struct {
		config *cluster.TopicConfig
		unread Age
		want   Age
	}{
		"a part of it is left":       {keeps(hour), age(45 * time.Minute), age(15 * time.Minute)},
		"nothing is unread":          {keeps(hour), age(0), age(time.Hour)},
		"it may be deleted any time": {keeps(hour), age(time.Hour), age(0)},
		"it is overdue":              {keeps(hour), age(2 * time.Hour), age(0)},
		"the age is not known":       {keeps(hour), Age{}, Age{}},
		"kept for no time at all":    {keeps(0), age(0), age(0)},
		"kept for ever":              {keeps(cluster.NoLimit), age(time.Hour), Age{}},
		"kept for centuries":         {keeps(math.MaxInt64), age(time.Hour), Age{}},
		"only compacted":             {&cluster.TopicConfig{Deletes: new(false), RetentionTime: new(int64(hour))}, age(time.Minute), Age{}},
		"the policy is not known":    {&cluster.TopicConfig{RetentionTime: new(int64(hour))}, age(time.Minute), Age{}},
		"the retention is not known": {&cluster.TopicConfig{Deletes: new(true)}, age(time.Minute), Age{}},
		"the settings are not known": {nil, age(time.Minute), Age{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t", Config: tt.config}}}
			r := &Report{Groups: []Group{{Name: "g", Topics: []Topic{{Name: "t", AgeBound: tt.unread}}}}}
			FillRetentionMargins(time.Now(), s, r, nil)
			assert.Equal(t, tt.want, r.Groups[0].Topics[0].RetentionMargin)
		})
	}
}
