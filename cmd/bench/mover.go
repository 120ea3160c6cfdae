// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// moving is one of how many topics and groups move.
const moving = 10

// mover keeps a real cluster moving between scrapes.
type mover struct {
	size
	client *kgo.Client
	moved  int
}

// move writes a record to each partition of a tenth of the topics, and has a
// tenth of the groups commit one record further in each of their partitions:
// they work off what they lag behind.
func (m *mover) move(ctx context.Context) error {
	m.moved++
	var records []*kgo.Record
	now := time.Now()
	for topic := 0; topic < m.topics; topic += moving {
		for p := range m.partitionsOf(topic) {
			records = append(records, recordAt(topic, p, now))
		}
	}
	if err := m.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return err
	}
	admin := kadm.NewClient(m.client)
	for group := 1; group < m.groups; group += moving { // odd ones, whose offsets no member guards
		if err := commitGroup(ctx, admin, group, m.offsets(group, m.moved)); err != nil {
			return err
		}
	}
	return nil
}
