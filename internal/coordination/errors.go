// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package coordination

import (
	"errors"
	"math"
	"time"
)

// What the coordinator, or the brokers that are asked for it, may answer besides that all
// is well. Any other error is no answer.
var (
	// ErrNoCoordinator says that the group has no coordinator now, by the brokers' own
	// word: nobody can take anything over meanwhile.
	ErrNoCoordinator = errors.New("the brokers answer that the group has no coordinator now")
	// ErrOtherCluster says that the addresses are those of another cluster. It is no answer
	// of the group's own, but where the session has ended, the member begins anew there.
	ErrOtherCluster = errors.New("another cluster answers")
	// ErrRebalance says that the members have to join once more. They remain members.
	ErrRebalance = errors.New("the group rebalances")
	// ErrNotMember says that the member is none any more.
	ErrNotMember = errors.New("the coordinator does not know this member any more")
	// ErrNewID says that the member has to join once more with the id that it was given.
	ErrNewID = errors.New("the member has to join with its id")
)

// RefusedError says that a member cannot join as things are.
type RefusedError struct {
	// Reason is a line for the log.
	Reason string
	// Waits says that it may be so for a while, as while a new configuration is rolled
	// out: the others report everything meanwhile.
	Waits bool
	// After is for how long not to try again, 0 for as long as usual.
	After time.Duration
}

// Never is after what is final.
const Never = time.Duration(math.MaxInt64)

func (e *RefusedError) Error() string { return e.Reason }
