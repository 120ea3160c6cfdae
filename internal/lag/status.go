// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

// Status says whether a group keeps up, from its last scrapes. It has the rules
// of Burrow, but looks at scrapes instead of commits. A larger Status is worse.
type Status int8

const (
	// StatusUnknown is where the newest scrape does not know the lag.
	StatusUnknown Status = iota
	// StatusOK is a group that keeps up, or too few scrapes have seen it to say otherwise.
	StatusOK
	// StatusWarn is one that falls behind: the commits move, and the lag grows.
	StatusWarn
	// StatusStall is one that stands still: the commits do not move although there is
	// something to read. A consumer that has stopped looks the same.
	StatusStall
	// StatusRewind is one whose committed offset went back.
	StatusRewind
)

func (s Status) String() string {
	return [...]string{"UNKNOWN", "OK", "WARN", "STALL", "REWIND"}[s]
}
