// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package history

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

const window = 3

var start = time.Unix(1_700_000_000, 0)

// observe shows h one scrape of group g, which has those partitions of topic t.
func observe(h *History, at time.Duration, id byte, partitions ...lag.Partition) {
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t", ID: cluster.TopicID{id}}}}
	r := &lag.Report{Groups: []lag.Group{{Name: "g", Topics: []lag.Topic{{Name: "t", Partitions: partitions}}}}}
	h.Observe(start.Add(at), s, r)
}

func at(id int32, committed, behind cluster.Offset) lag.Partition {
	return lag.Partition{ID: id, Committed: committed, Lag: behind}
}

func TestSamples(t *testing.T) {
	h := &History{Window: window}
	observe(h, 0, 1, at(0, 10, 5), at(7, 20, 6))
	observe(h, 10*time.Second, 1, at(0, 11, 5), at(7, 20, cluster.Unknown))
	observe(h, 20*time.Second, 1, at(0, 12, 5), at(7, 30, 1))
	observe(h, 30*time.Second, 1, at(0, 13, 5), at(7, 30, 2))

	assert.Equal(t, []Sample{{10 * time.Second, 11, 5}, {20 * time.Second, 12, 5}, {30 * time.Second, 13, 5}},
		h.Samples(h.Of("g", "t").Partition(0), window, nil), "as many as the window has")
	assert.Equal(t, []Sample{{0, 20, 6}, {20 * time.Second, 30, 1}, {30 * time.Second, 30, 2}},
		h.Samples(h.Of("g", "t").Partition(7), window, nil), "a lag that is not known is left out")
	assert.Nil(t, h.Of("g", "t").Partition(1))
	assert.Nil(t, h.Of("g", "other"))
	assert.Nil(t, h.Of("other", "t"))

	observe(h, 40*time.Second, 2, at(0, 1, 5))
	assert.Equal(t, []Sample{{40 * time.Second, 1, 5}}, h.Samples(h.Of("g", "t").Partition(0), window, nil), "a topic that was created anew")
}

// Whatever is seen, the samples are those of the last scrapes that knew the lag: as if
// each were kept as it is.
func TestSamplesAreThoseThatWereSeen(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		w := 2 + random.IntN(5)
		h := &History{Window: w}
		var want []Sample
		s, absent := Sample{Commit: 100, Lag: 5}, 0
		for range 60 {
			var seen []lag.Partition
			switch random.IntN(10) {
			case 0:
				s.Commit += cluster.Offset(random.IntN(3))
			case 1:
				s.Lag = cluster.Offset(random.IntN(3))
			case 2: // the group is away for so many scrapes
				absent = random.IntN(w + 3)
			}
			switch {
			case absent > 0:
				absent--
			case random.IntN(8) == 0:
				seen = []lag.Partition{at(7, s.Commit, cluster.Unknown)}
			default:
				seen = []lag.Partition{at(7, s.Commit, s.Lag)}
				want = append(want, s)
				want = want[max(0, len(want)-w):]
			}
			if seen == nil {
				h.Observe(start.Add(s.At), &cluster.Snapshot{}, &lag.Report{})
			} else {
				observe(h, s.At, 1, seen...)
			}
			s.At += time.Duration(1+random.IntN(3)) * time.Second
			of := h.Of("g", "t")
			if of == nil {
				want = nil // forgotten
				continue
			}
			known := of.Partition(7)
			require.Equal(t, want, h.Samples(known, w, nil))
			require.Equal(t, want[max(0, len(want)-2):], h.Samples(known, 2, nil))
		}
	}
}

func TestCommitAge(t *testing.T) {
	h := &History{Window: window}
	for i, tt := range []struct {
		commit cluster.Offset
		want   time.Duration
	}{
		{10, 0},
		{10, time.Second},
		{10, 2 * time.Second},
		{10, 3 * time.Second},
		{10, 4 * time.Second}, // longer than the window
		{11, 0},
		{11, time.Second},
		{5, 0}, // it went back
	} {
		observe(h, time.Duration(i)*time.Second, 1, at(0, tt.commit, 9))
		assert.Equal(t, tt.want, h.Of("g", "t").Partition(0).CommitAge(), "scrape %d", i)
	}
}

func TestStalled(t *testing.T) {
	h := &History{Window: window}
	for i, tt := range []struct {
		commit, lag cluster.Offset
		want        time.Duration
		why         string
	}{
		{10, 5, 0, "what came before the first scrape is not known"},
		{10, 5, 0, "nothing has come"},
		{10, 6, 0, "one record: perhaps the end of a transaction"},
		{10, 6, 0, "and no more"},
		{10, 7, 2 * time.Second, "another: both count, from the first one on"},
		{10, 7, 3 * time.Second, "nothing comes any more"},
		{10, 9, 4 * time.Second, "longer than the window"},
		{11, 8, 0, "a commit"},
		{11, 12, 0, "many at once"},
		{11, 12, time.Second, "a second later"},
		{11, cluster.Unknown, time.Second, "as far as was seen"},
		{11, 12, 3 * time.Second, "the lag is known again"},
		{11, 3, 0, "the log has lost its end"},
		{11, 5, 0, "and goes on"},
		{11, 5, time.Second, "which is not read"},
		{5, 11, 0, "the group went back"},
	} {
		observe(h, time.Duration(i)*time.Second, 1, at(0, tt.commit, tt.lag))
		assert.Equal(t, tt.want, h.Of("g", "t").Partition(0).Stalled(), "scrape %d: %s", i, tt.why)
	}
}

func TestForgets(t *testing.T) {
	h := &History{Window: window}
	observe(h, 0, 1, at(0, 10, 5), at(1, 10, 5))
	for range window {
		observe(h, time.Second, 1, at(0, 10, 5))
	}
	require.NotNil(t, h.Of("g", "t").Partition(1), "for a window it may come back")
	observe(h, time.Second, 1, at(0, 10, 5))
	assert.Nil(t, h.Of("g", "t").Partition(1))

	withoutTopic := &lag.Report{Groups: []lag.Group{{Name: "g"}}}
	for range window + 1 {
		h.Observe(start, &cluster.Snapshot{}, withoutTopic)
	}
	assert.Nil(t, h.Of("g", "t"))
	for range window + 1 {
		h.Observe(start, &cluster.Snapshot{}, &lag.Report{})
	}
	assert.Empty(t, h.groups)
}

// A partition, then its topic, then its group may each be away for a window, and all come
// back at once: what was seen before is forgotten all the same.
func TestForgetsWhatComesBackLate(t *testing.T) {
	h := &History{Window: window}
	scrapes := func(partitions ...lag.Partition) {
		for range window {
			observe(h, 0, 1, partitions...)
		}
	}
	scrapes(at(0, 10, 5), at(1, 10, 5))
	scrapes(at(0, 10, 5))
	for range window {
		h.Observe(start, &cluster.Snapshot{}, &lag.Report{Groups: []lag.Group{{Name: "g"}}})
	}
	for range window {
		h.Observe(start, &cluster.Snapshot{}, &lag.Report{})
	}
	observe(h, time.Minute, 1, at(1, 11, 5))
	assert.Equal(t, []Sample{{time.Minute, 11, 5}}, h.Samples(h.Of("g", "t").Partition(1), window, nil))
}

// large is 100,000 group-partitions: 500 groups in 20 topics of 10 partitions each.
func large() (*cluster.Snapshot, *lag.Report) {
	s, r := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}}, &lag.Report{}
	for g := range 500 {
		group := lag.Group{Name: fmt.Sprintf("group-%03d", g)}
		for t := range 20 {
			topic := lag.Topic{Name: fmt.Sprintf("topic-%03d", (g+t)%1000)}
			s.Topics[topic.Name] = &cluster.Topic{Name: topic.Name}
			for p := range int32(10) {
				topic.Partitions = append(topic.Partitions, at(p, 50, 50))
			}
			group.Topics = append(group.Topics, topic)
		}
		r.Groups = append(r.Groups, group)
	}
	return s, r
}

// Once a window has been seen, a scrape allocates nothing.
func TestAllocationsOfObserving(t *testing.T) {
	s, r := large()
	h := &History{Window: window}
	assert.Zero(t, testing.AllocsPerRun(window+1, func() { h.Observe(start, s, r) }))
}

// BenchmarkObserve adds a scrape of 100,000 group-partitions to a full window.
func BenchmarkObserve(b *testing.B) {
	s, r := large()
	h := &History{Window: 10}
	for range h.Window {
		h.Observe(start, s, r)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.Observe(start, s, r)
	}
}
