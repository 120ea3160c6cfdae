// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Small segments, because kfake frees the memory of whole segments only.
const segmentBytes = 64 << 10

// demo is a Kafka cluster inside this process and the clients that keep it busy.
type demo struct {
	brokers []string // host:port
	cluster *kfake.Cluster
	clients sync.WaitGroup
	cancel  context.CancelFunc
}

// startDemo serves a broker on each port of the loopback interface (0: one that
// the system picks). Producers and consumers act once a beat. Records live for
// retention and then up to a tenth of it. The cluster serves when it returns,
// and until stop; its clients end with ctx already.
func startDemo(ctx context.Context, ports []int, retention, beat time.Duration) (*demo, error) {
	cluster, err := kfake.NewCluster(
		kfake.ClusterID("kafkalag-sandbox"),
		kfake.Ports(ports...),
		kfake.BrokerConfigs(map[string]string{
			"log.cleaner.backoff.ms": strconv.FormatInt(max(1, (retention/10).Milliseconds()), 10),
			// By default the stopped group would be forgotten after a week.
			"offsets.retention.minutes": strconv.Itoa(10 * 365 * 24 * 60),
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("start the demo Kafka (-ports picks other ports): %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	d := &demo{brokers: cluster.ListenAddrs(), cluster: cluster, cancel: cancel}
	for _, t := range topics {
		if err := cluster.CreateTopic(t.name, t.partitions, map[string]string{
			"retention.ms":  strconv.FormatInt(max(1, retention.Milliseconds()), 10),
			"segment.bytes": strconv.Itoa(segmentBytes),
		}); err != nil {
			d.stop()
			return nil, fmt.Errorf("create topic %s: %w", t.name, err)
		}
	}
	for _, t := range topics {
		d.start(ctx, "producer of "+t.name, t.clientOptions(), 0, func(client *kgo.Client) error {
			return t.produce(ctx, client, beat)
		})
	}
	for _, g := range groups {
		d.start(ctx, "group "+g.name, g.clientOptions(), time.Duration(g.rests)*beat, func(client *kgo.Client) error {
			return g.consume(ctx, client, beat)
		})
	}
	return d, nil
}

// start runs work with a client of its own in the background. Work that is done
// starts anew after a rest, if it has any. Work that fails does so after a
// while: a demo that runs for days outlives a laptop's sleep.
func (d *demo) start(ctx context.Context, name string, opts []kgo.Opt, rest time.Duration, work func(*kgo.Client) error) {
	d.clients.Go(func() {
		for {
			pause := rest
			if err := d.withClient(opts, work); err != nil && ctx.Err() == nil {
				slog.Warn("the demo's "+name+" failed, it starts again", "error", err)
				pause = 5 * time.Second
			}
			if pause == 0 || !sleep(ctx, pause) {
				return
			}
		}
	})
}

func (d *demo) withClient(opts []kgo.Opt, work func(*kgo.Client) error) error {
	client, err := kgo.NewClient(append(opts, kgo.SeedBrokers(d.brokers...))...)
	if err != nil {
		return err
	}
	defer client.Close() // leaves the group
	return work(client)
}

// stop returns when every client and the cluster are gone.
func (d *demo) stop() {
	d.cancel()
	d.clients.Wait()
	d.cluster.Close()
}

// sleep waits for d and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
