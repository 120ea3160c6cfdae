// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import "testing"

// portOf is where a broker's listener is to be.
func (c *Cluster) portOf(id int32, listener string) (int, error) {
	if c.ports != nil {
		return c.ports.Broker(id).ports[listener], nil
	}
	return FreePort()
}

// TakeOver ends the cluster and runs another one, with an id of its own, on the
// same ports until the test ends.
func (c *Cluster) TakeOver(t testing.TB) *Cluster {
	t.Helper()
	c.stop()
	next := &Cluster{opts: c.opts, release: c.release, jarDir: c.jarDir, ports: c}
	t.Cleanup(next.stop)
	if err := next.boot(); err != nil {
		t.Fatalf("starting kafka %s on the ports of another: %v%s", c.opts.Version, err, next.logs())
	}
	t.Cleanup(func() { next.logOnFailure(t) })
	return next
}
