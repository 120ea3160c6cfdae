// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// limited is the settings of a topic that keeps so many bytes of a partition.
func limited(bytes int64) *cluster.TopicConfig {
	return &cluster.TopicConfig{Deletes: new(true), RetentionTime: new(cluster.NoLimit), RetentionSize: &bytes}
}

// growing is a partition whose offsets take 100 bytes each, and whose size was asked
// for.
func growing(start, end cluster.Offset) cluster.Partition {
	return cluster.Partition{Start: start, End: end, Size: 100 * int64(end-start), SizeKnown: true}
}

// sizedOnce is the same partition in a scrape that did not ask.
func sizedOnce(start, end cluster.Offset) cluster.Partition {
	return cluster.Partition{Start: start, End: end}
}

// marginsOf returns the margin of a group that has committed so, after each of the
// scrapes, a minute apart.
func marginsOf(config *cluster.TopicConfig, unread Age, committed cluster.Offset, scrapes ...cluster.Partition) []Age {
	var growth Growth
	var margins []Age
	now := time.Now()
	for _, p := range scrapes {
		s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t", Config: config, Partitions: []cluster.Partition{p}}}}
		r := &Report{Groups: []Group{{Name: "g", Topics: []Topic{{Name: "t", AgeBound: unread, Partitions: []Partition{{Committed: committed}}}}}}}
		growth.Observe(now, s)
		FillRetentionMargins(now, s, r, &growth)
		margins = append(margins, r.Groups[0].Topics[0].RetentionMargin)
		now = now.Add(time.Minute)
	}
	return margins
}

func TestRetentionMarginBySize(t *testing.T) {
	age := func(d time.Duration) Age { return Age{Duration: d, Known: true} }
	unlimited := limited(cluster.NoLimit)
	compacted, unset, tiered, hour := limited(1_000_000), limited(0), limited(1_000_000), limited(1_000_000)
	compacted.Deletes, unset.RetentionSize, tiered.Tiered, hour.RetentionTime = new(false), nil, true, new(int64(3_600_000))
	// 6000 records a minute are 10,000 bytes a second: the limit is as much as 100 s
	// make.
	for name, tt := range map[string]struct {
		config    *cluster.TopicConfig
		unread    Age
		committed cluster.Offset
		scrapes   []cluster.Partition
		want      Age
	}{
		"nothing is unread":                 {limited(1_000_000), age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, age(100 * time.Second)},
		"a part of it is left":              {limited(1_000_000), age(time.Minute), 3000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, age(70 * time.Second)},
		"it may be deleted any time":        {limited(1_000_000), age(time.Hour), 0, []cluster.Partition{growing(0, 6000), growing(0, 12000)}, age(0)},
		"records are gone already":          {limited(1_000_000), age(time.Hour), 0, []cluster.Partition{growing(0, 6000), growing(6000, 12000)}, age(40 * time.Second)},
		"its size was asked for once":       {limited(1_000_000), age(0), 6000, []cluster.Partition{growing(0, 3000), sizedOnce(0, 9000)}, age(70 * time.Second)},
		"the growth is not known yet":       {limited(1_000_000), age(0), 6000, []cluster.Partition{growing(0, 6000)}, Age{}},
		"the size is not known":             {limited(1_000_000), age(0), 6000, []cluster.Partition{sizedOnce(0, 0), sizedOnce(0, 6000)}, Age{}},
		"the start is not known":            {limited(1_000_000), age(0), 6000, []cluster.Partition{growing(0, 0), sizedOnce(cluster.Unknown, 6000)}, Age{}},
		"the commit is not known":           {limited(1_000_000), age(0), cluster.Unknown, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
		"nothing is written":                {limited(1_000_000), age(0), 6000, []cluster.Partition{growing(0, 6000), growing(0, 6000)}, Age{}},
		"nothing is written, nothing there": {limited(1_000_000), age(0), 0, []cluster.Partition{growing(0, 0), growing(0, 0)}, Age{}},
		"too much is there, nothing comes":  {limited(1_000_000), age(0), 0, []cluster.Partition{growing(0, 12000), growing(0, 12000)}, age(0)},
		"it takes centuries":                {limited(1 << 62), age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
		"the log was made anew":             {limited(1_000_000), age(0), 6000, []cluster.Partition{growing(0, 9000), sizedOnce(0, 6000)}, Age{}},
		"only compacted":                    {compacted, age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
		"no limit":                          {unlimited, age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
		"the limit is not known":            {unset, age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
		"the settings are not known":        {nil, age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
		"a part is elsewhere":               {tiered, age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
		"size is the smaller":               {hour, age(0), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, age(100 * time.Second)},
		"time is the smaller":               {hour, age(time.Hour - 10*time.Second), 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, age(10 * time.Second)},
		"time alone is limited in effect":   {hour, age(time.Minute), 6000, []cluster.Partition{growing(0, 6000), growing(0, 6000)}, age(59 * time.Minute)},
		"the age is not known":              {hour, Age{}, 6000, []cluster.Partition{growing(0, 0), growing(0, 6000)}, Age{}},
	} {
		t.Run(name, func(t *testing.T) {
			margins := marginsOf(tt.config, tt.unread, tt.committed, tt.scrapes...)
			assert.Equal(t, tt.want, margins[len(margins)-1])
		})
	}
}

// Growth is that of the last five to ten minutes.
func TestGrowthForgets(t *testing.T) {
	var scrapes []cluster.Partition
	end := cluster.Offset(0)
	for minute := range 30 {
		scrapes = append(scrapes, growing(0, end))
		if minute < 10 {
			end += 60_000
		} else {
			end += 6000
		}
	}
	margins := marginsOf(limited(1<<40), Age{Known: true}, end, scrapes...)
	fast, slow := margins[9].Duration, margins[29].Duration
	assert.InEpsilon(t, 10, slow.Seconds()/fast.Seconds(), 0.01)
}

// The partition that is full first counts; one that is not known leaves none.
func TestRetentionMarginBySizeOfSeveralPartitions(t *testing.T) {
	topic := func(ends ...cluster.Offset) *cluster.Topic {
		t := &cluster.Topic{Name: "t", Config: limited(1_000_000)}
		for i, end := range ends {
			p := growing(0, end)
			p.ID = int32(i)
			t.Partitions = append(t.Partitions, p)
		}
		return t
	}
	now := time.Now()
	margin := func(ids ...int32) Age {
		var growth Growth
		var r *Report
		for minute, in := range []*cluster.Topic{topic(0, 0), topic(6000, 600)} {
			s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": in}}
			t := Topic{Name: "t", AgeBound: Age{Known: true}}
			for _, id := range ids {
				t.Partitions = append(t.Partitions, Partition{ID: id, Committed: 6000})
			}
			r = &Report{Groups: []Group{{Topics: []Topic{t}}}}
			at := now.Add(time.Duration(minute) * time.Minute)
			growth.Observe(at, s)
			FillRetentionMargins(at, s, r, &growth)
		}
		return r.Groups[0].Topics[0].RetentionMargin
	}
	assert.Equal(t, Age{Duration: 100 * time.Second, Known: true}, margin(0, 1))
	assert.Equal(t, Age{Duration: 1000 * time.Second, Known: true}, margin(1))
	assert.Equal(t, Age{}, margin(0, 1, 2))
}

// A topic that was created anew, or is not limited any more, is forgotten.
func TestGrowthOfAnotherTopic(t *testing.T) {
	now := time.Now()
	for name, next := range map[string]*cluster.Topic{
		"created anew": {Name: "t", ID: cluster.TopicID{2}, Config: limited(1_000_000), Partitions: []cluster.Partition{sizedOnce(0, 6000)}},
		"unlimited":    {Name: "t", ID: cluster.TopicID{1}, Partitions: []cluster.Partition{growing(0, 6000)}},
	} {
		t.Run(name, func(t *testing.T) {
			first := &cluster.Topic{Name: "t", ID: cluster.TopicID{1}, Config: limited(1_000_000), Partitions: []cluster.Partition{growing(0, 0)}}
			var growth Growth
			growth.Observe(now, &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": first}})
			growth.Observe(now.Add(time.Minute), &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": next}})
			next.Config = limited(1_000_000)
			assert.Equal(t, remaining{}, growth.timeLeft(now.Add(time.Minute), next, []Partition{{Committed: 6000}}))
		})
	}
}
