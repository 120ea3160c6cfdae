// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestMain(m *testing.M) {
	kafkatest.Main(m,
		// The meters of the client library share one ticker for ever.
		goleak.IgnoreTopFunction("github.com/rcrowley/go-metrics.(*meterArbiter).tick"))
}
