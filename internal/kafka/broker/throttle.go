// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// maxRest bounds how long a broker that throttles is not asked. Quotas ask for less:
// they are counted over some 10 seconds.
const maxRest = time.Minute

// giveThrottled is give for a connection whose last answer said how long the broker
// throttles this client. It does not read from the connection for that long, and a
// quota is for all connections of the client, so the broker is not asked until then.
func (n *Node) giveThrottled(l *link, throttle time.Duration) {
	if throttle > 0 {
		n.restAtLeast(min(throttle, maxRest))
	}
	if throttle > maxRest { // when the rest is over, it is still not read from
		l.close()
		return
	}
	n.give(l)
}

// restAtLeast extends the rest to d, unless another connection asked for a longer one.
func (n *Node) restAtLeast(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if until := time.Now().Add(d); until.After(n.restsUntil) {
		n.restsUntil = until
	}
}

// awaitRest waits for the end of a short rest. One that would take more than half
// of the time that is left is an error: the rest is for the answer.
func (n *Node) awaitRest(ctx context.Context) error {
	rest := n.rest()
	if rest <= 0 {
		return nil
	}
	if end, limited := ctx.Deadline(); limited && rest > time.Until(end)/2 {
		return &kafkaerr.ThrottledError{For: rest}
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// rest is how long the broker is still not to be asked.
func (n *Node) rest() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return time.Until(n.restsUntil)
}
