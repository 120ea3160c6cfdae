// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestMain(m *testing.M) {
	kafkatest.Main(m,
		// The meters of the client library share one ticker for ever.
		goleak.IgnoreTopFunction("github.com/rcrowley/go-metrics.(*meterArbiter).tick"),
		// ZooKeeper's library waits a second for a server that is gone to say goodbye.
		goleak.IgnoreAnyFunction("github.com/go-zookeeper/zk.(*Conn).Close"))
}
