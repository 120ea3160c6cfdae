// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"math"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Expired logs when retention deletes records that a group has not read.
type Expired struct {
	log   *zap.Logger
	known map[string][]expiry // by group, sorted by topic
}

// expiry is what is known about one group and topic.
type expiry struct {
	topic            string
	seenAt, loggedAt time.Time
	// expired is the number of unread records that were deleted, by partition, when
	// it was last known: Unknown where it never was, and absent where it is 0.
	expired map[int32]cluster.Offset
	untold  cluster.Offset // how many more records since the last line
}

// expiryKept is how long a group and topic is remembered after it was last seen.
const expiryKept = time.Hour

// NewExpired returns a log that writes to log.
func NewExpired(log *zap.Logger) *Expired {
	return &Expired{log: log, known: map[string][]expiry{}}
}

// Report takes the report of a scrape that asked for the first offsets.
func (l *Expired) Report(now time.Time, r *lag.Report) {
	for i := range r.Groups {
		if g := &r.Groups[i]; len(g.Topics) > 0 {
			l.known[g.Name] = l.group(now, g, l.known[g.Name])
		}
	}
	for group, known := range l.known {
		known = slices.DeleteFunc(known, func(e expiry) bool { return now.Sub(e.seenAt) > expiryKept })
		if l.known[group] = known; len(known) == 0 {
			delete(l.known, group)
		}
	}
}

// group compares a group's topics with what is known. Both are sorted by topic.
func (l *Expired) group(now time.Time, g *lag.Group, known []expiry) []expiry {
	place := 0
	for i := range g.Topics {
		t := &g.Topics[i]
		for place < len(known) && known[place].topic < t.Name {
			place++
		}
		if place == len(known) || known[place].topic != t.Name {
			known = slices.Insert(known, place, begin(t))
		}
		known[place].seenAt = now
		known[place].follow(t)
		l.warn(now, g.Name, &known[place], t.Expired)
	}
	return known
}

// warn logs what has expired since the last line. It does not wait for partitions
// that are unknown: because of them only the sum is left out.
func (l *Expired) warn(now time.Time, group string, e *expiry, sum cluster.Offset) {
	if e.untold == 0 || saidLately(e.loggedAt, now) {
		return
	}
	inAll := zap.Skip()
	if sum.Known() {
		inAll = zap.Int64("records_in_all", int64(sum))
	}
	l.log.Warn("Retention deleted records before the group had read them: it stands before the start of the log, "+
		"and will skip them",
		zap.String("group", clip(group)), zap.String("topic", clip(e.topic)),
		zap.Int64("records", int64(e.untold)), inAll)
	e.loggedAt, e.untold = now, 0
}

// begin returns what had expired by the first scrape. That is not logged: nobody
// knows when it happened.
func begin(t *lag.Topic) expiry {
	e := expiry{topic: t.Name}
	for _, p := range t.Partitions {
		e.note(p.ID, p.Expired)
	}
	return e
}

// note sets what has expired of a partition.
func (e *expiry) note(partition int32, expired cluster.Offset) {
	switch {
	case expired == 0:
		delete(e.expired, partition)
	case e.expired == nil:
		e.expired = map[int32]cluster.Offset{partition: expired}
	default:
		e.expired[partition] = expired
	}
}

// follow adds up what has expired since, partition by partition: the group may read
// on in one of them while it loses records in others.
func (e *expiry) follow(t *lag.Topic) {
	if t.Expired == 0 {
		clear(e.expired)
		return
	}
	for _, p := range t.Partitions {
		before := e.expired[p.ID]
		if !p.Expired.Known() {
			continue
		}
		if before.Known() {
			e.untold += min(max(p.Expired-before, 0), math.MaxInt64-e.untold)
		}
		e.note(p.ID, p.Expired)
	}
}
