// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// anomalyLog names what scrapes find odd: the first few of a kind in one line,
// which is not repeated for some minutes.
type anomalyLog struct {
	log    *zap.Logger
	toldAt map[string]time.Time // by message
}

func newAnomalyLog(log *zap.Logger) *anomalyLog {
	return &anomalyLog{log: log, toldAt: map[string]time.Time{}}
}

// report takes what one scrape found.
func (l *anomalyLog) report(now time.Time, found lag.Anomalies, names *oddNames) {
	l.tell(now, "Brokers tell names that are not valid UTF-8: U+FFFD is recorded in the place of invalid bytes",
		zap.Int("names", names.count()), zap.Strings("first", names.few()))
	l.tell(now, "Offsets are so large that their sum does not fit a number: it is left out",
		zap.Int("sums", found.SumTooLarge), first(found.FirstSumsTooLarge, encodeGroupTopic))
	l.tell(now, "Groups have committed beyond the end of a partition: their lag there is 0",
		zap.Int("commits", found.BeyondEnd), first(found.FirstBeyondEnd, func(c lag.CommitBeyondEnd, e zapcore.ObjectEncoder) {
			encodeGroupTopic(c.GroupTopic, e)
			e.AddInt32("partition", c.Partition)
			e.AddInt64("committed", int64(c.Committed))
			e.AddInt64("end", int64(c.End))
		}))
}

func encodeGroupTopic(g lag.GroupTopic, e zapcore.ObjectEncoder) {
	e.AddString("group", clip(g.Group))
	e.AddString("topic", clip(g.Topic))
}

// tell logs a kind of which there are some.
func (l *anomalyLog) tell(now time.Time, message string, count, first zap.Field) {
	if toldAt, told := l.toldAt[message]; count.Integer == 0 || told && saidLately(toldAt, now) {
		return
	}
	l.toldAt[message] = now
	l.log.Warn(message, count, first)
}

// first is the field of the first few of a kind.
func first[T any](few []T, encode func(T, zapcore.ObjectEncoder)) zap.Field {
	return zap.Array("first", zapcore.ArrayMarshalerFunc(func(array zapcore.ArrayEncoder) error {
		for _, one := range few {
			object := zapcore.ObjectMarshalerFunc(func(e zapcore.ObjectEncoder) error {
				encode(one, e)
				return nil
			})
			if err := array.AppendObject(object); err != nil {
				return err
			}
		}
		return nil
	}))
}
