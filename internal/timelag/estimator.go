// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package timelag estimates how old the records are that groups have not read. It is
// arithmetic: it does no I/O, takes the time from its caller, and leaves the look-ups
// that it asks for to others.
package timelag

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Estimator estimates how old the records are that groups have not read yet, by the
// records' own timestamps. It learns from scrapes when records
// arrived, and timestamps from look-ups; it says which look-ups
// would help. It is not safe for concurrent use.
type Estimator struct {
	// Keep is how long the arrival of records is remembered.
	Keep time.Duration
	// Interval is the time from one scrape to the next, and how far off an
	// estimate may be.
	Interval time.Duration
	// DisableLookups says that there are no look-ups: arrival then always stands for
	// the timestamp.
	DisableLookups bool

	now    cluster.Timestamp
	scrape int32
	topics map[string]*topicDates
	// groups is the last scrape that each was seen in.
	groups map[string]int32
	// targets are sorted once a plan is made of them.
	targets []target
	sorted  bool
	// inUse has the dates of each topic that the newest report has dated, in its order:
	// looking them up by name a second time would be expensive.
	inUse []*topicDates
	// unclear are the topics whose cleanup policy is to be asked for.
	unclear map[string]bool
}

// topicDates is one topic. Its id distinguishes it from a later one of the same name.
type topicDates struct {
	policyOf
	id         cluster.TopicID
	partitions []*partitionDates // sorted by id
}

// partitionDates is what is remembered of one partition.
type partitionDates struct {
	id         int32
	scrape     int32 // which learned start, end and leader
	start, end cluster.Offset
	history    history
	index      index
	search     *progress // nil: there is none
	// commits are those with lag in the newest scrape that knows the end, before those
	// of the scrape before it. Both are sorted.
	commits, before []cluster.Offset
	// lastOnTime is the last record that was found to have arrived when it was stamped;
	// -1: none.
	lastOnTime cluster.Offset
	// skipUntil is the scrape until which nothing is looked up, because failedLookups in
	// a row had no answer.
	skipUntil     int32
	failedLookups int8
	leader        int32 // the broker to ask
	// asked says that a look-up is under way, anchorAsked that one has been made for a
	// new anchor since the newest scrape.
	asked, anchorAsked bool
}

// Estimate fills in the ages of r, which was computed from s at the time now, and
// returns how many are unknown. [Estimator.Plan] then says what would help.
func (d *Estimator) Estimate(now time.Time, s *cluster.Snapshot, r *lag.Report) (unknown int) {
	d.now = cluster.NewTimestamp(now)
	d.scrape++
	clear(d.unclear)
	d.forget(s)
	d.observe(s, r)
	return d.ages(slices.Collect(r.Dated()))
}

// forget drops the topics that are gone, and those created anew.
func (d *Estimator) forget(s *cluster.Snapshot) {
	if d.topics == nil {
		d.topics, d.unclear = map[string]*topicDates{}, map[string]bool{}
	}
	for name, known := range d.topics {
		if now := s.Topics[name]; now == nil || now.ID != known.id {
			delete(d.topics, name)
		}
	}
}

// observe learns where the partitions that groups use end, and which commits
// are to be dated.
func (d *Estimator) observe(s *cluster.Snapshot, r *lag.Report) {
	d.inUse = d.inUse[:0]
	for t := range r.Dated() {
		d.observeTopic(s.Topics[t.Name], t)
	}
	missing := d.missing(r)
	for _, t := range d.topics {
		for _, p := range t.partitions {
			if p.scrape != d.scrape {
				continue
			}
			slices.Sort(p.commits)
			p.index.from(p.start)
			if !missing || len(p.index) > maxSpared+2*len(p.commits) {
				p.index.prune(p.commits)
			}
		}
		t.partitions = slices.DeleteFunc(t.partitions, func(p *partitionDates) bool { // no group uses it any more
			return d.scrape-p.scrape > max(cluster.GoneAfter, d.scrapes())
		})
	}
}

// observeTopic learns from what one group has of one topic.
func (d *Estimator) observeTopic(topic *cluster.Topic, of *lag.Topic) {
	known := d.remember(topic)
	d.inUse = append(d.inUse, known)
	for i := range of.Partitions {
		p := &of.Partitions[i]
		if now, exists := topic.Locate(p.ID); exists {
			known.partition(now).observe(d, now, p.Committed, p.Lag)
		}
	}
}

// scrapes returns how many scrapes time_lag.history has.
func (d *Estimator) scrapes() int32 { return int32(min(d.Keep/d.Interval, math.MaxInt32)) }

// missing reports whether a group of the last scrapes is not in r: its coordinator may
// be away, and what dates its commits has to be kept until it is back.
func (d *Estimator) missing(r *lag.Report) bool {
	if d.groups == nil {
		d.groups = map[string]int32{}
	}
	for _, groups := range [][]lag.Group{r.Groups, r.Share} {
		for i := range groups {
			d.groups[groups[i].Name] = d.scrape
		}
	}
	maps.DeleteFunc(d.groups, func(_ string, seen int32) bool { return d.scrape-seen > cluster.GoneAfter })
	return len(d.groups) > len(r.Groups)+len(r.Share)
}

// remember returns what is known of a topic.
func (d *Estimator) remember(topic *cluster.Topic) *topicDates {
	t := d.topics[topic.Name]
	if t == nil {
		t = &topicDates{id: topic.ID}
		d.topics[topic.Name] = t
	}
	return t
}

// find returns what is known of a partition, or nil, and its place.
func (t *topicDates) find(id int32) (known *partitionDates, place int) {
	// Ids count from 0, so that only a topic used in part is searched.
	if i := int(id); i >= 0 && i < len(t.partitions) && t.partitions[i].id == id {
		return t.partitions[i], i
	}
	place, found := slices.BinarySearchFunc(t.partitions, id, func(p *partitionDates, id int32) int { return cmp.Compare(p.id, id) })
	if !found {
		return nil, place
	}
	return t.partitions[place], place
}

// partition returns what is known of one of the topic's partitions, which is p
// now.
func (t *topicDates) partition(p *cluster.Partition) *partitionDates {
	known, place := t.find(p.ID)
	switch {
	case known == nil:
		known = &partitionDates{id: p.ID, lastOnTime: cluster.None}
		t.partitions = slices.Insert(t.partitions, place, known)
	case p.End.Known() && p.End < known.end, t.id == (cluster.TopicID{}) && p.Start.Known() && p.Start < known.start:
		// An end that went back belongs to another log. So does a start, but where
		// topics have ids: there it is only a leader that is behind the last one.
		*known = partitionDates{id: p.ID, lastOnTime: cluster.None}
	}
	return known
}

// observe takes the partition as it is now, and one group's commit in it.
func (p *partitionDates) observe(d *Estimator, now *cluster.Partition, committed, behind cluster.Offset) {
	if p.scrape != d.scrape {
		p.scrape, p.anchorAsked = d.scrape, false
		if p.leader != now.Leader {
			p.leader, p.skipUntil, p.failedLookups = now.Leader, 0, 0
		}
		p.start = now.Start.Or(p.start)
		if now.End.Known() {
			p.ends(d, now.End)
		}
	}
	if behind > 0 && now.End.Known() { // share groups have a lag without it, too
		p.commits = append(p.commits, p.unread(committed))
	}
}

// ends takes the log's end offset. A scrape that does not know it knows no lag either:
// then the commits of the scrape before are still the ones to be dated.
func (p *partitionDates) ends(d *Estimator, end cluster.Offset) {
	p.end = end
	p.before, p.commits = p.commits, p.before[:0]
	if d.Keep <= 0 {
		return
	}
	if p.history.interrupted(d.now, 3*d.interval()) {
		p.history = history{}
	}
	p.history.add(d.now, end, d.Keep)
}

// unread is the first offset that a group at commit can still read: the log's start, if
// retention has deleted what came before it.
func (p *partitionDates) unread(commit cluster.Offset) cluster.Offset { return max(commit, p.start) }

// since is the age of a date, 0 if it is in the future.
func (d *Estimator) since(at cluster.Timestamp) lag.Age {
	return lag.Age{Duration: time.Duration(max(d.now-at, 0)) * time.Millisecond, Known: true}
}

func (d *Estimator) interval() cluster.Timestamp { return cluster.Timestamp(d.Interval.Milliseconds()) }
