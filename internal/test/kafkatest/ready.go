// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

const (
	startLimit   = 90 * time.Second
	pollInterval = 100 * time.Millisecond
)

// Await waits until every broker that runs answers and names all that run.
func (c *Cluster) Await(t testing.TB) {
	t.Helper()
	if err := c.awaitReady(); err != nil {
		t.Fatal(err, c.logs())
	}
}

func (c *Cluster) awaitReady() error {
	for _, b := range c.brokers {
		if !b.serves() {
			continue
		}
		client, err := kgo.NewClient(kgo.SeedBrokers(b.Address()), kgo.DisableClientMetrics())
		if err != nil {
			return err
		}
		err = poll(fmt.Sprintf("broker %d", b.ID), func() error {
			return diedOr(b.process, b.log(), c.knowsAll(client))
		})
		client.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// knowsAll asks the client's only seed which brokers it knows.
func (c *Cluster) knowsAll(client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	answer, err := client.SeedBrokers()[0].Request(ctx, request)
	if err != nil {
		return err
	}
	known := make(map[int32]bool)
	for _, b := range answer.(*kmsg.MetadataResponse).Brokers {
		known[b.NodeID] = true
	}
	for _, b := range c.brokers {
		if b.serves() && !known[b.ID] {
			return fmt.Errorf("it does not know broker %d", b.ID)
		}
	}
	return nil
}

// fatal is an error that polling again cannot mend.
type fatal struct{ error }

func (f fatal) Unwrap() error { return f.error }

// diedOr gives err, unless the process has ended and so is to be waited for
// no longer.
func diedOr(p *child.Process, log string, err error) error {
	switch {
	case p.Running() || err == nil:
		return err
	case strings.Contains(child.Tail(log, 200), "Address already in use"):
		return fatal{errPortTaken}
	default:
		return fatal{errors.New("the process ended")}
	}
}

// poll tries until there is no error, a fatal one, or no time left.
func poll(what string, try func() error) error {
	deadline := time.Now().Add(startLimit)
	for {
		err := try()
		if err == nil {
			return nil
		}
		if f := (fatal{}); errors.As(err, &f) {
			return fmt.Errorf("%s: %w", what, f.error)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is not ready after %v: %w", what, startLimit, err)
		}
		time.Sleep(pollInterval)
	}
}
