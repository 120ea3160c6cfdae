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
	// expired is what was unread and deleted at the last scrape, untold what
	// came to that since the last line.
	expired, untold cluster.Offset
}

func newExpiredLog(log *zap.Logger) *expiredLog {
	return &expiredLog{log: log, known: map[groupTopic]*expiry{}}
}

// report takes one scrape.
func (l *expiredLog) report(now time.Time, r *lag.Report) {
	for _, g := range r.Groups {
		for _, t := range g.Topics {
			if t.Expired.Known() {
				l.topic(now, groupTopic{g.Name, t.Name}, t.Expired)
			}
		}
	}
	for key, e := range l.known {
		if now.Sub(e.seenAt) > time.Hour {
			delete(l.known, key)
		}
	}
}

// topic speaks at most every few minutes. What had expired before the first
// scrape is no news: when it happened is not known.
func (l *expiredLog) topic(now time.Time, key groupTopic, expired cluster.Offset) {
	e := l.known[key]
	if e == nil {
		e = &expiry{expired: expired}
		l.known[key] = e
	}
	e.untold += max(expired-e.expired, 0)
	e.expired, e.seenAt = expired, now
	if e.untold == 0 || now.Sub(e.loggedAt) < repeatAfter {
		return
	}
	l.log.Warn("Retention deleted records before the group had read them: it stands before the start of the log, "+
		"and will skip them",
		zap.String("group", key.group), zap.String("topic", key.topic),
		zap.Int64("records", int64(e.untold)), zap.Int64("records_in_all", int64(expired)))
	e.loggedAt, e.untold = now, 0
}
