// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

// Quorum is the controllers of a KRaft cluster, and whoever else replicates its
// metadata, as the leader sees them.
type Quorum struct {
	// Leader is the id of the controller that leads, or [NoBroker].
	Leader int32
	// Epoch grows with each leader that is elected.
	Epoch int32
	// Voters elect the leader, Observers only follow it: controllers that do not vote,
	// and brokers. Each is sorted by id and holds each id once.
	Voters, Observers []QuorumReplica
}

// QuorumReplica is one replica of the cluster's metadata. What its leader has not heard
// since it was elected is not known.
type QuorumReplica struct {
	// ID is of the controller or broker.
	ID int32
	// Lag is how many records of the leader's log the replica does not have, or None.
	Lag Offset
	// LastFetchAge is how long ago the replica last fetched, LastCaughtUpAge how long ago
	// it had all that the leader had. Both are in milliseconds of the leader's clock. Nil
	// where they are not known.
	LastFetchAge, LastCaughtUpAge *int64
}
