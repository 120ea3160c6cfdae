// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

type topic struct {
	name       string
	partitions int32
	rate       int // records per beat
}

var (
	orders   = topic{name: "orders", partitions: 6, rate: 20}
	clicks   = topic{name: "clicks", partitions: 6, rate: 60}
	payments = topic{name: "payments", partitions: 3, rate: 5}

	topics = []topic{orders, clicks, payments}
)

func (t topic) clientOptions() []kgo.Opt {
	return []kgo.Opt{
		kgo.ClientID("sandbox-producer"),
		kgo.DefaultProduceTopic(t.name),
		kgo.RecordPartitioner(kgo.RoundRobinPartitioner()),
	}
}

// produce sends the topic's rate of small records every beat until ctx ends.
func (t topic) produce(ctx context.Context, client *kgo.Client, beat time.Duration) error {
	for number := 0; ; {
		records := make([]*kgo.Record, t.rate)
		for i := range records {
			number++
			records[i] = kgo.StringRecord(fmt.Sprintf("%s number %d", t.name, number))
		}
		if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
			return err
		}
		if !sleep(ctx, beat) {
			return nil
		}
	}
}
