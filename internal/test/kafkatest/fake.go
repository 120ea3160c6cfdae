// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Fake is a Kafka cluster inside the test process. Its broker ids count from 0.
type Fake struct {
	Seed
	// Kfake is the cluster itself, for what has no helper here.
	Kfake *kfake.Cluster

	ended chan struct{} // closed when the test ends

	mu       sync.Mutex
	brokers  map[int]int32 // by port
	requests map[int32]map[string]int
	dials    map[int32]int
	rewrites []rewrite
	reframes map[kmsg.Key]reframe
}

// reframe returns what is sent in the place of an answer. head has its length,
// which is yet to be set, and its correlation id.
type reframe func(broker int32, head, body []byte) (frame []byte)

type rewrite struct {
	api    kmsg.Key
	change func(broker int32, answer kmsg.Response)
}

// StartFake runs a cluster of so many brokers until the test ends. With TLS,
// requests are not counted and answers not rewritten.
func StartFake(t testing.TB, brokers int, options ...kfake.Opt) *Fake {
	t.Helper()
	f := &Fake{
		ended:    make(chan struct{}),
		brokers:  make(map[int]int32),
		dials:    make(map[int32]int),
		requests: make(map[int32]map[string]int),
	}
	var err error
	f.Kfake, err = kfake.NewCluster(slices.Concat(options, []kfake.Opt{kfake.NumBrokers(brokers), kfake.ListenFn(f.listen)})...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(f.ended)
		f.Kfake.Close()
	})
	addresses := f.Kfake.ListenAddrs()
	f.mu.Lock()
	for id, addr := range addresses {
		f.brokers[portOf(addr)] = int32(id)
	}
	f.mu.Unlock()
	f.Seed = NewSeed(addresses...)
	return f
}

// Brokers lists the brokers' host:port, in the order of their ids.
func (f *Fake) Brokers() []string { return f.addresses }

// Requests counts the requests that arrived, by Kafka's name of the API, since
// the start or [Fake.ResetRequests]. Those of [Seed] count too.
func (f *Fake) Requests() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	total := make(map[string]int)
	for _, of := range f.requests {
		for api, n := range of {
			total[api] += n
		}
	}
	return total
}

// RequestsTo is Requests for one broker.
func (f *Fake) RequestsTo(broker int32) map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.requests[broker])
}

// Dials counts the connections that the broker accepted since the start or
// [Fake.ResetRequests].
func (f *Fake) Dials(broker int32) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dials[broker]
}

// ResetRequests sets all counts to zero.
func (f *Fake) ResetRequests() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.requests)
	clear(f.dials)
}

func (f *Fake) listen(network, addr string) (net.Listener, error) {
	l, err := net.Listen(network, addr)
	return framedListener{l, f}, err
}

func (f *Fake) dialed(port int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dials[f.brokers[port]]++
}

func (f *Fake) asked(port int, api kmsg.Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	broker := f.brokers[port]
	if f.requests[broker] == nil {
		f.requests[broker] = make(map[string]int)
	}
	f.requests[broker][api.Name()]++
}

func (f *Fake) answering(port int, answer kmsg.Response) {
	f.mu.Lock()
	broker, rewrites := f.brokers[port], f.rewrites
	f.mu.Unlock()
	for _, r := range rewrites {
		if int16(r.api) == answer.Key() {
			r.change(broker, answer)
		}
	}
}

func (f *Fake) sending(port int, api kmsg.Key, head, body []byte) []byte {
	f.mu.Lock()
	broker, change := f.brokers[port], f.reframes[api]
	f.mu.Unlock()
	if change == nil {
		return join(head, body)
	}
	return change(broker, head, body)
}

func portOf(addr string) int {
	_, text, _ := net.SplitHostPort(addr)
	port, _ := strconv.Atoi(text)
	return port
}
