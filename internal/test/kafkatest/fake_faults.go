// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// AnyBroker stands for all brokers of a [Fake].
const AnyBroker int32 = -1

// Fail answers the API's next requests to the broker with an error: each group,
// topic or partition asked about fails, or the whole where there is none. times
// below 0 is until the handle's Remove. [kfake.Cluster.Fault] is choosier.
func (f *Fake) Fail(api kmsg.Key, broker int32, code *kerr.Error, times int) *kfake.FaultHandle {
	fault := kfake.Fault{Keys: []kmsg.Key{api}, Err: code, Count: times}
	if broker != AnyBroker {
		fault.Nodes = []int32{broker}
	}
	return f.Kfake.Fault(fault)
}

// Hang leaves the API's requests to the broker unanswered until release is
// called or the test ends; then they are answered late.
func (f *Fake) Hang(api kmsg.Key, broker int32) (release func()) {
	released := make(chan struct{})
	f.hold(api, broker, func() {
		select {
		case <-released:
		case <-f.ended:
		}
	})
	return sync.OnceFunc(func() { close(released) })
}

// Slow answers the API's requests to the broker late by d.
func (f *Fake) Slow(api kmsg.Key, broker int32, d time.Duration) {
	f.hold(api, broker, func() {
		select {
		case <-time.After(d):
		case <-f.ended:
		}
	})
}

// hold keeps each answer back. Other connections are answered meanwhile.
func (f *Fake) hold(api kmsg.Key, broker int32, wait func()) {
	f.Rewrite(api, func(at int32, _ kmsg.Response) {
		if broker == AnyBroker || at == broker {
			wait()
		}
	})
}

// TakeOver ends the cluster and runs another one in its place, on the same ports.
func (f *Fake) TakeOver(t testing.TB, options ...kfake.Opt) *Fake {
	t.Helper()
	ports := make([]int, len(f.addresses))
	for i, address := range f.addresses {
		ports[i] = portOf(address)
	}
	f.Kfake.Close()
	return StartFake(t, len(ports), append(options, kfake.Ports(ports...))...)
}

// MoveLeader makes the broker the partition's leader.
func (f *Fake) MoveLeader(t testing.TB, topic string, partition, broker int32) {
	t.Helper()
	if err := f.Kfake.MoveTopicPartition(topic, partition, broker); err != nil {
		t.Fatal(err)
	}
}

// MoveCoordinator gives the group another coordinator, and perhaps others too.
// It returns the broker's id.
func (f *Fake) MoveCoordinator(t testing.TB, group string) int32 {
	t.Helper()
	before := f.Kfake.CoordinatorFor(group)
	for range 100 {
		f.Kfake.RehashCoordinators()
		if now := f.Kfake.CoordinatorFor(group); now != before {
			return now
		}
	}
	t.Fatalf("group %s stays with broker %d", group, before)
	return before
}
