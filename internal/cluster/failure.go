// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

// Failure is one question that was not answered, or only with an error.
// It is data, not control flow: the rest of the snapshot still holds.
type Failure struct {
	// API is Kafka's name of the request: "Metadata", "ListOffsets".
	API string
	// Broker is the broker asked, or [NoBroker] where only an address is
	// known or no broker was to be asked.
	Broker int32
	// Address is the host:port that was asked, where one was.
	Address string
	// Code is Kafka's name of the error ("NOT_COORDINATOR"), empty where the
	// failure was not a Kafka error code.
	Code string
	// Cause says in a few words what a person should look at, where that can
	// be told from the error: "TLS port spoken to in plain text".
	Cause string
	// Groups and Partitions count what is missing because of it.
	Groups, Partitions int
	Err                error
}
