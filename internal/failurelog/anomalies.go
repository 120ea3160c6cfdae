// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Anomalies logs what is odd about a cluster's data, in one line for each kind. The
// line names the first few.
type Anomalies struct {
	log      *zap.Logger
	loggedAt map[string]time.Time // by message
}

// NewAnomalies returns a log that writes to log.
func NewAnomalies(log *zap.Logger) *Anomalies {
	return &Anomalies{log: log, loggedAt: map[string]time.Time{}}
}

// Report takes what one scrape found, the number of names that are not valid UTF-8,
// and the first few of these.
func (l *Anomalies) Report(now time.Time, found lag.Anomalies, invalidNames int, firstNames []string) {
	l.warn(now, "Brokers return names that are not valid UTF-8: U+FFFD is recorded in the place of invalid bytes",
		zap.Int("names", invalidNames), zap.Strings("first", firstNames))
	l.warn(now, "Offsets are so large that their sum does not fit a number: it is left out",
		zap.Int("sums", found.SumTooLarge), first(found.FirstSumsTooLarge, encodeGroupTopic))
	l.warn(now, "Brokers say that share groups have a lag below 0: it is left out",
		zap.Int("lags", found.Impossible), first(found.FirstImpossible, encodeGroupTopic))
	l.warn(now, "Groups have committed beyond the end of a partition: their lag there is 0",
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

// warn logs a kind, unless its count is zero or it was logged lately.
func (l *Anomalies) warn(now time.Time, message string, count, first zap.Field) {
	if loggedAt, logged := l.loggedAt[message]; count.Integer == 0 || logged && saidLately(loggedAt, now) {
		return
	}
	l.loggedAt[message] = now
	l.log.Warn(message, count, first)
}

// first returns a field with the first few of a kind.
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
