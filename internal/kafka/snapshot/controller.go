// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// controllerAnswer is an answer about the cluster as a whole, which may be an error.
type controllerAnswer interface{ err() error }

// codeError is the error that a broker's code stands for, nil for success.
func codeError(code sarama.KError) error {
	if kafkaerr.OK(code) {
		return nil
	}
	return code
}

// askController asks about the cluster as a whole, and once more where that may help:
// the controller may have moved since the metadata was learned. One that does not answer
// would take as long again. It reports whether there is an answer; without one, the
// failure is noted.
func askController[A controllerAnswer](ctx context.Context, s *scrape, request wire.Request, decode func(*wire.Reader) A) (A, bool) {
	n := s.controller()
	answer, err := askOneController(ctx, s, n, request, decode)
	if n != nil && broker.Retriable(n, err) && !kafkaerr.IsTimeout(err) && s.refreshForRetry(ctx) {
		n = s.controller()
		answer, err = askOneController(ctx, s, n, request, decode)
	}
	if err != nil {
		s.failed(broker.Failure(n, request.Name(), err))
	}
	return answer, n != nil && err == nil
}

// askOneController asks n. A cluster whose metadata names no controller has none now:
// that is no failure.
func askOneController[A controllerAnswer](ctx context.Context, s *scrape, n *broker.Node, request wire.Request, decode func(*wire.Reader) A) (answer A, err error) {
	if n == nil {
		return answer, nil
	}
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err = broker.Ask(ctx, n, request, decode)
	if err == nil {
		err = answer.err()
		s.pool.Observe(request.Name(), err)
	}
	return answer, err
}

// controller is the broker to ask about the cluster as a whole, nil where the metadata
// names none. With KRaft any broker passes that on, and metadata names one of them.
func (s *scrape) controller() *broker.Node {
	for _, n := range s.pool.Brokers() {
		if n.ID == s.metadata.current.controller {
			return n
		}
	}
	return nil
}
