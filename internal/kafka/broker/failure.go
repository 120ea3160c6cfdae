// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"errors"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Failure describes that n did not answer a request of api, or only with an error.
// The caller adds what is missing because of it. n is nil if no broker could be
// asked.
func Failure(n *Node, api string, err error) cluster.Failure {
	f := cluster.Failure{
		API:    api,
		Broker: cluster.NoBroker,
		Code:   kafkaerr.Code(err),
		Cause:  kafkaerr.Cause(err),
		Err:    err,
	}
	if n != nil {
		f.Broker, f.Address = n.ID, n.address
		if cause := n.cause(api, err); cause != "" {
			f.Cause = cause
		}
	}
	return f
}

// cause returns the likely cause of the error, given what else is known of the
// broker, "" where the error alone says as much.
func (n *Node) cause(api string, err error) string {
	n.mu.Lock()
	reached, answers := n.reached, n.answered.After(n.begun)
	n.mu.Unlock()
	_, opening := errors.AsType[*kafkaerr.OpenError](err) // whose login may be what is not supported
	switch {
	case api == APIMetadata && kafkaerr.IsUnsupported(err) && !opening:
		return kafkaerr.CauseController
	case answers && kafkaerr.HungUpSilently(err):
		return kafkaerr.CauseTooManyConnections
	case !reached && n.isAdvertised() && kafkaerr.IsUnreachable(err):
		return kafkaerr.CauseAdvertised
	}
	return ""
}

// isAdvertised reports whether the address is known only from advertised.listeners:
// it is not among the configured ones.
func (n *Node) isAdvertised() bool {
	return n.ID != cluster.NoBroker && !slices.Contains(n.pool.cfg.Brokers, n.address)
}

// Retriable reports whether what n answered, or did not, may be gone after fresh
// metadata. n is nil where no broker could be asked.
func Retriable(n *Node, err error) bool { return kafkaerr.IsRetriable(err, n == nil || n.steady()) }
