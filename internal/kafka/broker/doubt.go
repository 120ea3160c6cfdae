// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"errors"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// NextStep makes brokers available again that did not answer a request of the
// previous step in time: perhaps only that request was slow. They have to be connected
// to anew, within a part of the request timeout, which shows whether they hang.
func (p *Pool) NextStep() {
	for _, n := range p.Brokers() {
		n.nextStep()
	}
}

func (n *Node) nextStep() {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, skipped := errors.AsType[*skippedError](n.down)
	_, asked := errors.AsType[*kafkaerr.RequestError](n.down)
	if asked && !skipped && kafkaerr.IsTimeout(n.down) {
		n.down, n.doubted = nil, n.down
	}
}

// openDoubted opens a connection, in less time where the broker may hang.
func (n *Node) openDoubted(ctx context.Context) (*link, error) {
	if n.isDoubted() {
		patient, cancel := n.pool.WithPatience(ctx)
		defer cancel()
		ctx = patient
	}
	l, err := n.pool.open(ctx, n.address)
	if err == nil {
		n.trust()
	}
	return l, err
}

// trust ends the doubt: the broker has answered.
func (n *Node) trust() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.doubted, n.reached = nil, true
}

func (n *Node) isDoubted() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.doubted != nil
}
