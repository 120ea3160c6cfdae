// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

var shared struct {
	sync.Mutex
	clusters map[string]*sharedCluster
}

type sharedCluster struct {
	*Cluster
	err error
}

// Shared gives the test binary's one cluster with these options, started when
// first asked for. Tests on it use names of their own and leave its brokers
// alone. The package's TestMain must call [Main], which stops it.
func Shared(t testing.TB, opts Options) *Cluster {
	t.Helper()
	NeedReal(t, opts.Version)
	key, err := json.Marshal(opts)
	if err != nil {
		t.Fatal(err)
	}
	shared.Lock()
	defer shared.Unlock()
	c := shared.clusters[string(key)]
	if c == nil {
		c = new(sharedCluster)
		c.Cluster, c.err = launch(opts)
		if shared.clusters == nil {
			shared.clusters = make(map[string]*sharedCluster)
		}
		shared.clusters[string(key)] = c
	}
	if c.err != nil {
		t.Fatal(c.err)
	}
	t.Cleanup(func() { c.logOnFailure(t) })
	return c.Cluster
}

// Main is a TestMain: it runs the tests, stops the shared clusters, fails if
// goroutines are left over, and exits.
func Main(m *testing.M, options ...goleak.Option) {
	code := m.Run()
	stopShared()
	if code == 0 {
		if err := goleak.Find(options...); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func stopShared() {
	shared.Lock()
	defer shared.Unlock()
	for _, c := range shared.clusters {
		if c.Cluster != nil {
			c.stop()
		}
	}
	shared.clusters = nil
}
