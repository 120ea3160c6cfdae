// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
)

// beat is how often producers and consumers act.
const beat = 100 * time.Millisecond

// produce writes so many records a beat to the topic until the test ends.
func produce(t *testing.T, brokers []string, topic string, records int) {
	t.Helper()
	work(t, brokers, []kgo.Opt{
		kgo.DefaultProduceTopic(topic), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()),
		kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite(),
	}, func(ctx context.Context, client *kgo.Client) {
		for range records {
			client.Produce(ctx, kgo.StringRecord("v"), nil) // brokers come and go: what is lost is no matter
		}
	})
}

// consume reads the topic orders as a member of the group, at most so many
// records a beat, and commits, until the test ends or stops it. It
// fetches little ahead, so that it reads all partitions in turn.
func consume(t *testing.T, brokers []string, group string, records int) (stop func()) {
	t.Helper()
	return work(t, brokers, []kgo.Opt{
		kgo.ConsumerGroup(group), kgo.ConsumeTopics("orders"), kgo.DisableAutoCommit(),
		kgo.FetchMaxBytes(64 << 10), kgo.FetchMaxPartitionBytes(int32(min(128*records, 16<<10))),
	}, func(ctx context.Context, client *kgo.Client) {
		if fetched := client.PollRecords(ctx, records).Records(); len(fetched) > 0 {
			_ = client.CommitRecords(ctx, fetched...) // the next commit makes up for one that fails
		}
	})
}

// work does something each beat, with a client of its own.
func work(t *testing.T, brokers []string, options []kgo.Opt, do func(context.Context, *kgo.Client)) (stop func()) {
	t.Helper()
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(brokers...), kgo.DisableClientMetrics())...)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	working.Go(func() {
		for ticker := time.NewTicker(beat); ctx.Err() == nil; {
			select {
			case <-ctx.Done():
			case <-ticker.C:
				do(ctx, client)
			}
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		working.Wait()
		client.Close() // leaves the group
	})
	t.Cleanup(stop)
	return stop
}
