// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// The record at the last stable offset is dated by look-ups, whether ends count it or
// not and whether a group uses the topic or not; once the transaction has ended,
// nothing is.
func TestEstimatorOfOpenTransactions(t *testing.T) {
	for name, end := range map[string]cluster.Offset{"ends are those of the log": 100, "ends are of what is committed": 60} {
		t.Run(name, func(t *testing.T) {
			log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
			d, s := newDates(), log.snapshot(10)
			p := &s.Topics["t"].Partitions[0]
			p.End, p.LastStable, p.HighWatermark = end, 60, 100
			scrape := func(now time.Time) (unknown int, r *lag.Report) {
				r = lag.Compute(s)
				r.Transactions = lag.OpenTransactions(s)
				return d.Estimate(now, s, r), r
			}
			unknown, _ := scrape(testNow)
			assert.Equal(t, 2, unknown, "the group and the transaction")
			log.search(d, false)
			unknown, r := scrape(testNow)
			assert.Zero(t, unknown)
			open := r.Transactions[0].Partitions[0].Age
			assert.InDelta(t, d.since(log.date(60)).Seconds(), open.Seconds(), 1)

			_, r = scrape(testNow.Add(time.Minute))
			assert.Equal(t, open.Duration+time.Minute, r.Transactions[0].Partitions[0].Age.Duration)

			p.End, p.LastStable = 100, 100
			_, r = scrape(testNow.Add(2 * time.Minute))
			assert.Empty(t, r.Transactions)
		})
	}
}
