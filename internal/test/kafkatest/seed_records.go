// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Produce adds n small records to the partition.
func (s Seed) Produce(t testing.TB, topic string, partition int32, n int) {
	t.Helper()
	s.ProduceAt(t, topic, partition, slices.Repeat([]time.Time{time.Now()}, n)...)
}

// ProduceEach adds counts[p] small records to each partition p.
func (s Seed) ProduceEach(t testing.TB, topic string, counts ...int) {
	t.Helper()
	var records []*kgo.Record
	for p, n := range counts {
		for range n {
			records = append(records, &kgo.Record{Topic: topic, Partition: int32(p), Value: []byte("v")})
		}
	}
	s.ProduceRecords(t, records...)
}

// ProduceAt adds one small record for each timestamp (to the millisecond).
func (s Seed) ProduceAt(t testing.TB, topic string, partition int32, times ...time.Time) {
	t.Helper()
	records := make([]*kgo.Record, len(times))
	for i, at := range times {
		records[i] = &kgo.Record{Topic: topic, Partition: partition, Timestamp: at, Value: []byte("v")}
	}
	s.ProduceRecords(t, records...)
}

// ProduceRecords adds records to the partitions that they name.
func (s Seed) ProduceRecords(t testing.TB, records ...*kgo.Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), seedLimit)
	defer cancel()
	client := s.client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer client.Close()
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// ProduceInOpenTransaction adds n small records to the partition in a
// transaction that is neither committed nor aborted while the test runs.
func (s Seed) ProduceInOpenTransaction(t testing.TB, topic string, partition int32, n int) {
	t.Helper()
	s.OpenTransaction(t, topic, partition, make([]time.Time, n)...)
}
