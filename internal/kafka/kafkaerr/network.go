// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaerr

import (
	"errors"
	"net"
	"syscall"
)

// Causes that do not follow from an error alone.
const (
	// CauseAdvertised is an address that the cluster names and that leads nowhere.
	CauseAdvertised = "nothing answers at the address that the broker advertises: check its advertised.listeners, or it is down"
	// CauseController is a KRaft controller in the place of a broker, which knows
	// no request for metadata.
	CauseController = "a KRaft controller answers there, not a broker: name the brokers' own ports"
	// CauseTooManyConnections is a broker that hangs up on new connections, and
	// answers on others.
	CauseTooManyConnections = "it closes new connections at once, while others work: max.connections.per.ip or another limit of connections is reached"
)

// HungUpSilently reports whether the peer closed a new connection before any
// answer.
func HungUpSilently(err error) bool {
	open, ok := errors.AsType[*OpenError](err)
	return ok && open.Silent && gone(err)
}

// IsUnreachable reports whether no connection came about at all.
func IsUnreachable(err error) bool {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	for _, refused := range []error{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		if errors.Is(err, refused) {
			return true
		}
	}
	return IsTimeout(err) && !reached(err)
}
