// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// target is a cluster to measure, filled.
type target struct {
	size
	name    string // unique among the clusters
	brokers []string
	stop    func()
	// move has some of it move on; nil where it stands still.
	move func(context.Context) error
}

// startClusters gives the clusters that the options name. Where one fails, those
// before it are there and to be stopped.
func startClusters(ctx context.Context, o options) (clusters []target, err error) {
	if o.kafka != "" {
		return []target{{size: o.size, name: o.kafka, brokers: strings.Split(o.kafka, ","), stop: func() {}}}, nil
	}
	versions := strings.Split(o.versions, ",")
	if o.memory {
		versions = []string{"in memory"}
	}
	sizes := []size{o.size}
	for times := range o.double {
		sizes = append(sizes, o.doubled(o.axis, times+1))
	}
	if o.double > 0 {
		sizes = append(sizes, o.size) // shows what two of the same size differ by
	}
	for i, z := range sizes {
		for _, version := range versions {
			t := target{size: z, name: fmt.Sprintf("%s, %s partitions, %s group-partitions", version, thousands(z.partitions), thousands(z.groups*z.commits))}
			if o.double > 0 && i == len(sizes)-1 {
				t.name += " again"
			}
			if o.memory {
				err = t.play(o.members)
			} else {
				err = t.launch(ctx, version)
			}
			if err != nil {
				return clusters, fmt.Errorf("%s: %w", t.name, err)
			}
			clusters = append(clusters, t)
		}
	}
	return clusters, nil
}

// play starts brokers that answer from memory.
func (t *target) play(members int) error {
	m, err := startMemory(t.size, members)
	if err != nil {
		return err
	}
	t.brokers, t.stop = m.addresses(), m.close
	return nil
}

// launch starts and fills real brokers.
func (t *target) launch(ctx context.Context, version string) error {
	began := time.Now()
	//nolint:contextcheck // starting has a limit of its own
	c, err := kafkatest.Launch(kafkatest.Options{Version: version, Brokers: t.size.brokers, Properties: map[string]string{
		"offsets.topic.num.partitions": "50", // Kafka's default, so that the groups spread over the brokers
	}})
	if err != nil {
		return err
	}
	client, err := newClient(c.Brokers())
	if err != nil {
		c.Stop()
		return err
	}
	t.brokers, t.move, t.stop = c.Brokers(), (&mover{size: t.size, client: client}).move, func() {
		client.Close()
		c.Stop()
	}
	if err := fill(ctx, client, t.size); err != nil {
		t.stop()
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: started and filled in %v\n", t.name, time.Since(began).Round(time.Second))
	return nil
}
