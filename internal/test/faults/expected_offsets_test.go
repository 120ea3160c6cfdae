// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// layout is what a test puts into a cluster: topics, and as many groups, each
// of which has committed in up to three of the topics.
type layout struct {
	prefix     string // of the names of topics and groups
	topics     int
	partitions int
	replicas   int16
}

func (l layout) topic(i int) string { return fmt.Sprintf("%s-t%d", l.prefix, i%l.topics) }
func (l layout) group(i int) string { return fmt.Sprintf("%s-g%d", l.prefix, i) }
func (l layout) topicsOf(group int) []int {
	return []int{group % l.topics, (group + 1) % l.topics, (group + 2) % l.topics}[:min(3, l.topics)]
}

// Every number differs from its neighbours', so that none can be taken for
// another. The commits of topic 0 stand at the start: the smallest there is.
func (l layout) end(topic, partition int) int64 { return int64(10 + 5*topic + partition) }

func (l layout) committed(group, topic, partition int) int64 {
	return int64((group + partition) * topic % 11)
}

// truth is what scrapes have to report of a layout. Where it is about to
// change, both the values before and after it are true, and what is between.
type truth struct {
	layout
	mu        sync.Mutex
	produced  int64 // records added to each partition since the seed
	low, high points
}

// seed puts a layout into a cluster.
func seed(t testing.TB, s kafkatest.Seed, l layout) *truth {
	t.Helper()
	for topic := range l.topics {
		s.CreateTopic(t, l.topic(topic), int32(l.partitions), l.replicas, nil)
		counts := make([]int, l.partitions)
		for p := range counts {
			counts[p] = int(l.end(topic, p))
		}
		s.ProduceEach(t, l.topic(topic), counts...)
	}
	for group := range l.topics {
		commits := map[string]map[int32]int64{}
		for _, topic := range l.topicsOf(group) {
			commits[l.topic(topic)] = map[int32]int64{}
			for p := range l.partitions {
				commits[l.topic(topic)][int32(p)] = l.committed(group, topic, p)
			}
		}
		s.Commit(t, l.group(group), commits)
	}
	tr := &truth{layout: l}
	tr.low = tr.points()
	tr.high = tr.low
	return tr
}

// only narrows a receiver to the layout.
func (tr *truth) only(cfg *receiver.Config) {
	cfg.TopicMatch = "^" + tr.prefix + "-"
	cfg.GroupMatch = cfg.TopicMatch
}

// points works out what is true.
func (tr *truth) points() points {
	p := points{}
	for topic := range tr.topics {
		p[name("kafka.topic.partitions", tr.topic(topic))] = int64(tr.partitions)
		for partition := range tr.partitions {
			at := name(tr.topic(topic), strconv.Itoa(partition))
			p[name("kafka.partition.current_offset", at)] = tr.end(topic, partition) + tr.produced
			p[name("kafka.partition.oldest_offset", at)] = 0
		}
	}
	for group := range tr.topics {
		p[name("kafka.consumer_group.members", tr.group(group))] = 0
		for _, topic := range tr.topicsOf(group) {
			tr.lag(p, group, topic)
		}
	}
	return p
}

// lag adds what is true of a group in a topic.
func (tr *truth) lag(p points, group, topic int) {
	of := name(tr.group(group), tr.topic(topic))
	most := name("kafka.consumer_group.lag_max", tr.group(group))
	p[name("kafka.consumer_group.expired", of)] = 0
	for partition := range tr.partitions {
		committed := tr.committed(group, topic, partition)
		lag := tr.end(topic, partition) + tr.produced - committed
		at := name(of, strconv.Itoa(partition))
		p[name("kafka.consumer_group.offset", at)] = committed
		p[name("kafka.consumer_group.lag", at)] = lag
		p[name("kafka.consumer_group.offset_sum", of)] += committed
		p[name("kafka.consumer_group.lag_sum", of)] += lag
		p[most] = max(p[most], lag)
	}
}

// produce adds a record to every partition. settled is to follow once a scrape
// has shown it.
func (tr *truth) produce(t *testing.T, s kafkatest.Seed) {
	t.Helper()
	tr.mu.Lock()
	tr.produced++
	tr.high = tr.points()
	tr.mu.Unlock()
	for topic := range tr.topics {
		s.ProduceEach(t, tr.topic(topic), slices.Repeat([]int{1}, tr.partitions)...)
	}
}

// settled makes what was produced the one truth.
func (tr *truth) settled() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.low = tr.high
}

// check is for every scrape: nothing in it may be wrong. What it lacks is not
// wrong.
func (tr *truth) check(p points) error {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var wrong []string
	for _, n := range slices.Sorted(maps.Keys(p)) {
		low, known := tr.low[n]
		switch high := tr.high[n]; {
		case !known && !tr.silentOn(n):
			wrong = append(wrong, fmt.Sprintf("%s is %d, and does not exist", n, p[n]))
		case known && (p[n] < low || p[n] > high):
			wrong = append(wrong, fmt.Sprintf("%s is %d, not %d", n, p[n], high))
		}
	}
	return listed("wrong", wrong)
}

// silentOn reports whether the truth says nothing of the metric of this name.
func (tr *truth) silentOn(n string) bool {
	metric, _, _ := strings.Cut(n, " ")
	return len(tr.high.of(metric)) == 0
}

// missing lists what a scrape lacks.
func (tr *truth) missing(p points) []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var missing []string
	for n := range tr.high {
		if _, ok := p[n]; !ok {
			missing = append(missing, n)
		}
	}
	slices.Sort(missing)
	return missing
}

// whole reports whether a scrape lacks nothing and shows what was produced last.
func (tr *truth) whole(p points) bool {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for n, value := range tr.high {
		if got, ok := p[n]; !ok || got != value {
			return false
		}
	}
	return true
}

// listed is an error that names some of the names, nil where there are none.
func listed(what string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("%d %s: %s", len(names), what, strings.Join(names[:min(6, len(names))], "; "))
}
