// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// expiredLog says when retention deletes records that a group has not read.
type expiredLog struct {
	log   *zap.Logger
	known map[groupTopic]*expiry
}

type groupTopic struct{ group, topic string }

// expiry is what is known of one group and topic.
type expiry struct {
	seenAt, loggedAt time.Time
	// expired is, by partition, what was unread and deleted when that was last
	// known. 0 is left out; Unknown is where it never was.
	expired map[int32]cluster.Offset
	untold  cluster.Offset // what came to that since the last line
}

func newExpiredLog(log *zap.Logger) *expiredLog {
	return &expiredLog{log: log, known: map[groupTopic]*expiry{}}
}

// report takes one scrape that has asked where logs start.
func (l *expiredLog) report(now time.Time, r *lag.Report) {
	for _, g := range r.Groups {
		for i := range g.Topics {
			l.topic(now, g.Name, &g.Topics[i])
		}
	}
	for key, e := range l.known {
		if now.Sub(e.seenAt) > time.Hour {
			delete(l.known, key)
		}
	}
}

// topic speaks at most every few minutes. It does not wait for the partitions
// that are unknown: the sum alone is left out for them.
func (l *expiredLog) topic(now time.Time, group string, t *lag.Topic) {
	key := groupTopic{group, t.Name}
	e := l.known[key]
	if e == nil {
		e = &expiry{}
		e.begin(t.Partitions)
		l.known[key] = e
	}
	e.seenAt = now
	e.follow(t)
	if e.untold == 0 || now.Sub(e.loggedAt) < repeatAfter {
		return
	}
	inAll := zap.Skip()
	if t.Expired.Known() {
		inAll = zap.Int64("records_in_all", int64(t.Expired))
	}
	l.log.Warn("Retention deleted records before the group had read them: it stands before the start of the log, "+
		"and will skip them",
		zap.String("group", group), zap.String("topic", t.Name),
		zap.Int64("records", int64(e.untold)), inAll)
	e.loggedAt, e.untold = now, 0
}

// begin: what had expired before the first scrape is no news. When it happened
// is not known.
func (e *expiry) begin(partitions []lag.Partition) {
	e.expired = map[int32]cluster.Offset{}
	for _, p := range partitions {
		if p.Expired != 0 {
			e.expired[p.ID] = p.Expired
		}
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
			e.untold += max(p.Expired-before, 0)
		}
		if e.expired[p.ID] = p.Expired; p.Expired == 0 {
			delete(e.expired, p.ID)
		}
	}
}
