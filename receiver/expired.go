// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"math"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// expiredLog says when retention deletes records that a group has not read.
type expiredLog struct {
	log   *zap.Logger
	known map[string][]expiry // by group, sorted by topic
}

// expiry is what is known of one group and topic.
type expiry struct {
	topic            string
	seenAt, loggedAt time.Time
	// expired is, by partition, what was unread and deleted when that was last
	// known. 0 is left out; Unknown is where it never was.
	expired map[int32]cluster.Offset
	untold  cluster.Offset // what came to that since the last line
}

// expiryKept is for how long a topic is known that a group is not seen in.
const expiryKept = time.Hour

func newExpiredLog(log *zap.Logger) *expiredLog {
	return &expiredLog{log: log, known: map[string][]expiry{}}
}

// report takes one scrape that has asked where logs start.
func (l *expiredLog) report(now time.Time, r *lag.Report) {
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

// group follows a group in its topics, which are sorted as those known are.
func (l *expiredLog) group(now time.Time, g *lag.Group, known []expiry) []expiry {
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
		l.tell(now, g.Name, &known[place], t.Expired)
	}
	return known
}

// tell speaks at most every few minutes. It does not wait for the partitions that
// are unknown: the sum alone is left out for them.
func (l *expiredLog) tell(now time.Time, group string, e *expiry, sum cluster.Offset) {
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

// begin: what had expired before the first scrape is no news. When it happened
// is not known.
func begin(t *lag.Topic) expiry {
	e := expiry{topic: t.Name}
	for _, p := range t.Partitions {
		e.note(p.ID, p.Expired)
	}
	return e
}

// note enters what has expired of a partition.
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

// follow adds up what has expired since, partition by partition: in one of them
// the group may go on while others lose records.
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
