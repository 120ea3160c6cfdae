// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// repeatRefused is for how long the log does not say again that there are no
// connections.
const repeatRefused = 5 * time.Minute

// reportRefused says that look-ups have no connections. Nothing else does: scrapes,
// which have others, are whole without them.
func (c *Client) reportRefused(answers []cluster.Answer) {
	refused := 0
	var last error
	for _, a := range answers {
		if _, ok := errors.AsType[*kafkaerr.OpenError](a.Err); ok {
			refused, last = refused+1, a.Err
		}
	}
	if now := time.Now(); refused > 0 && now.Sub(c.toldAt) >= repeatRefused {
		c.toldAt = now
		c.log.Warn("Time lag is missing: there are no connections for its search, which has its own beside those of scrapes",
			zap.Int("partitions", refused), zap.String("likely_cause", causeOfRefused(last)), zap.String("error", kafkaerr.Clip(last.Error())))
	}
}

// causeOfRefused knows that the broker answers scrapes, on other connections.
func causeOfRefused(err error) string {
	if kafkaerr.HungUpSilently(err) {
		return kafkaerr.CauseTooManyConnections
	}
	return kafkaerr.Cause(err)
}
