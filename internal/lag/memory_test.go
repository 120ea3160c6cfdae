// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestMemoryRestore(t *testing.T) {
	const unknown = cluster.Unknown
	id := cluster.TopicID{1}
	online := func(start, end cluster.Offset) *cluster.Topic {
		return &cluster.Topic{Name: "t", ID: id, Partitions: []cluster.Partition{log(3, start, end)}}
	}
	offline := func(id cluster.TopicID) *cluster.Topic {
		return &cluster.Topic{Name: "t", ID: id, Partitions: []cluster.Partition{
			{ID: 3, Leader: cluster.NoBroker, Start: unknown, End: unknown},
		}}
	}
	elsewhere := online(unknown, unknown)
	elsewhere.Elsewhere = true
	for name, tt := range map[string]struct {
		before     []*cluster.Topic // nil: a scrape in which the topic was not there
		now        *cluster.Topic
		start, end cluster.Offset
	}{
		"without a leader its last range holds": {
			before: []*cluster.Topic{online(2, 10)}, now: offline(id), start: 2, end: 10,
		},
		"for as long as it has none": {
			before: []*cluster.Topic{online(2, 10), offline(id), offline(id)}, now: offline(id), start: 2, end: 10,
		},
		"the newest range counts": {
			before: []*cluster.Topic{online(2, 10), online(3, 12)}, now: offline(id), start: 3, end: 12,
		},
		"a leader that does not answer may have more": {
			before: []*cluster.Topic{online(2, 10)}, now: online(unknown, unknown), start: unknown, end: unknown,
		},
		"a scrape without an answer does not forget": {
			before: []*cluster.Topic{online(2, 10), online(unknown, unknown)}, now: offline(id), start: 2, end: 10,
		},
		"not asked in between, because another collector reports it": {
			before: []*cluster.Topic{online(2, 10), elsewhere}, now: offline(id), start: unknown, end: unknown,
		},
		"never seen before": {
			now: offline(id), start: unknown, end: unknown,
		},
		"another topic of the same name": {
			before: []*cluster.Topic{online(2, 10)}, now: offline(cluster.TopicID{2}), start: unknown, end: unknown,
		},
		"unclear in between": {
			before: []*cluster.Topic{online(2, 10), {Name: "t", ID: id, Unclear: true}},
			now:    offline(id), start: 2, end: 10,
		},
		"deleted in between": {
			before: []*cluster.Topic{online(2, 10), nil}, now: offline(id), start: unknown, end: unknown,
		},
		"the end went back: the old start belongs to another log": {
			before: []*cluster.Topic{online(2, 10), online(unknown, 1)}, now: offline(id), start: unknown, end: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var m Memory
			for _, topic := range append(tt.before, tt.now) {
				s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}}
				if topic != nil {
					s.Topics["t"] = topic
				}
				m.Restore(time.Time{}, s)
			}
			p := tt.now.Partitions[0]
			assert.Equal(t, tt.start, p.Start, "start")
			assert.Equal(t, tt.end, p.End, "end")
		})
	}
}

func TestProduceRate(t *testing.T) {
	const unknown = cluster.Unknown
	online := func(end cluster.Offset) cluster.Partition { return cluster.Partition{Leader: 1, Start: 0, End: end} }
	offline := cluster.Partition{Leader: cluster.NoBroker, Start: unknown, End: unknown}
	for name, tt := range map[string]struct {
		each []cluster.Partition // 10 s apart
		want Rate
	}{
		"two ends":                          {[]cluster.Partition{online(5), online(105)}, Rate{10, true}},
		"only the last interval counts":     {[]cluster.Partition{online(5), online(105), online(107)}, Rate{0.2, true}},
		"none came":                         {[]cluster.Partition{online(5), online(5)}, Rate{0, true}},
		"seen once":                         {[]cluster.Partition{online(5)}, Rate{}},
		"went back":                         {[]cluster.Partition{online(105), online(5)}, Rate{}},
		"the interval after it went back":   {[]cluster.Partition{online(105), online(5), online(15)}, Rate{1, true}},
		"not known now":                     {[]cluster.Partition{online(5), online(unknown)}, Rate{}},
		"not known before":                  {[]cluster.Partition{online(5), online(unknown), online(105)}, Rate{5, true}},
		"nobody can write without a leader": {[]cluster.Partition{online(5), offline}, Rate{0, true}},
		"since there was a leader":          {[]cluster.Partition{online(5), offline, online(105)}, Rate{5, true}},
	} {
		t.Run(name, func(t *testing.T) {
			var m Memory
			var last *cluster.Partition
			for i, p := range tt.each {
				topic := &cluster.Topic{Name: "t", ID: cluster.TopicID{1}, Partitions: []cluster.Partition{p}}
				m.Restore(time.Unix(int64(10*i), 0), &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": topic}})
				last = &topic.Partitions[0]
			}
			assert.Equal(t, tt.want, Rate{last.ProduceRate, last.ProduceRateKnown})
		})
	}
}

// Records of a topic that was created anew are others.
func TestProduceRateOfAnotherTopic(t *testing.T) {
	var m Memory
	for i, end := range []cluster.Offset{5, 105} {
		topic := &cluster.Topic{Name: "t", ID: cluster.TopicID{byte(i)}, Partitions: []cluster.Partition{{Leader: 1, End: end}}}
		m.Restore(time.Unix(int64(10*i), 0), &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": topic}})
		assert.False(t, topic.Partitions[0].ProduceRateKnown)
	}
}
