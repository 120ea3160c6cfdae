// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

// Failure is one question that was not answered, or only with an error.
// It is data, not control flow: the rest of the snapshot still holds.
type Failure struct {
	// API is Kafka's name of the request ("Metadata", "ListOffsets"), or
	// [APIZooKeeper].
	API string
	// Broker is the broker asked, or [NoBroker] where only an address is
	// known or no broker was to be asked.
	Broker int32
	// Address is the host:port that was asked, where one was.
	Address string
	// Code is Kafka's name of the error ("NOT_COORDINATOR"), or one of the
	// Code constants.
	Code string
	// Cause says in a few words what a person should look at, where that can
	// be derived from the error: "TLS port spoken to in plain text".
	Cause string
	// Groups and Partitions count what is missing because of it.
	Groups, Partitions int
	Err                error
}

// APIZooKeeper is the API of failures to read from ZooKeeper.
const APIZooKeeper = "ZooKeeper"

// Codes of failures that Kafka has no name for.
const (
	// CodeNoConnection is a connection that could not be made or broke.
	CodeNoConnection = "NO_CONNECTION"
	// CodeNoLogin is a login that failed without an answer of the broker.
	CodeNoLogin = "NO_LOGIN"
	// CodeNoAnswer is a time limit that passed.
	CodeNoAnswer = "NO_ANSWER"
	// CodeTooLarge is an answer that is larger than what is read.
	CodeTooLarge = "ANSWER_TOO_LARGE"
	// CodeIncomplete is an answer that leaves out what was asked for.
	CodeIncomplete = "INCOMPLETE_ANSWER"
	// CodeBadAnswer is an answer that cannot be read as one.
	CodeBadAnswer = "BAD_ANSWER"
	// CodeThrottled is a request that was not sent because the broker throttles
	// this client.
	CodeThrottled = "THROTTLED"
	// CodeOtherCluster is a broker of another cluster than the one that is
	// reported.
	CodeOtherCluster = "OTHER_CLUSTER"
	// CodeNoCoordinator is a group whose coordinator has left the cluster.
	CodeNoCoordinator = "NO_COORDINATOR"
	// CodeNoLeader is a partition without a leader among the cluster's brokers.
	CodeNoLeader = "NO_LEADER"
)
