// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"errors"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// maxVanished is for how many scrapes a group is missed whose coordinator has
// left the cluster. After that it counts as deleted.
const maxVanished = 10

var errNoCoordinator = errors.New("their coordinator is gone, and no other broker lists them")

// seenGroup is a group of the scrapes before.
type seenGroup struct {
	coordinator int32
	missed      bool // in the last scrape
	orphaned    int  // scrapes for which its coordinator has not been in the cluster
}

// vanished lists the groups of the scrapes before that no broker lists now.
// While a coordinator goes from one broker to another there is a moment in
// which neither lists its groups, and neither says so.
func (s *scrape) vanished() []string {
	var names []string
	for name := range s.seen {
		if s.snapshot.Groups[name] == nil && s.ask.Group(name) {
			names = append(names, name)
		}
	}
	return names
}

// worthASecondLook tells whether a group that vanished may be between two
// coordinators. With a filter for states or types brokers leave groups out on
// their own account; then only the loss of a coordinator counts.
func (s *scrape) worthASecondLook(open *openQuestions) bool {
	filtered := len(s.ask.States)+len(s.ask.Types) > 0
	for _, name := range s.vanished() {
		if !s.seen[name].missed && (!filtered || !open.listed[s.seen[name].coordinator]) {
			return true
		}
	}
	return false
}

// remember keeps who coordinates which group, and says which groups are missing:
// those that vanished together with their coordinator. One that its coordinator
// merely does not list any more was deleted.
func (s *scrape) remember(open *openQuestions) {
	seen := make(map[string]seenGroup, len(s.snapshot.Groups))
	for name, g := range s.snapshot.Groups {
		seen[name] = seenGroup{coordinator: g.Coordinator}
	}
	orphans := 0
	for _, name := range s.vanished() {
		g := s.seen[name]
		if open.listed[g.coordinator] {
			continue
		}
		if !open.miss(g.coordinator) {
			if g.orphaned++; g.orphaned > maxVanished {
				continue
			}
			orphans++
		}
		g.missed = true
		seen[name] = g
	}
	s.seen = seen
	if orphans > 0 {
		s.failed(cluster.Failure{
			API: apiListGroups, Broker: cluster.NoBroker, Code: cluster.CodeNoCoordinator, Groups: orphans, Err: errNoCoordinator,
			Cause: "the broker that coordinated them has left the cluster, and no other has taken over yet",
		})
	}
}
