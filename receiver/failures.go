// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"errors"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

var errNeverLed = errors.New("not seen with a leader since this receiver started")

// leaderless returns a failure for the partitions without a leader whose end offset is
// needed, and not known from an earlier scrape either.
func leaderless(s *cluster.Snapshot, ends snapshot.PartitionScope) []cluster.Failure {
	var offline, forGroups []*cluster.Partition
	for _, topic := range s.Topics {
		for i := range topic.Partitions {
			switch p := &topic.Partitions[i]; {
			case p.Leader != cluster.NoBroker || p.End.Known():
			case ends == snapshot.WhereCommitted || topic.Elsewhere:
				forGroups = append(forGroups, p)
			default:
				offline = append(offline, p)
			}
		}
	}
	if len(forGroups) > 0 {
		committed := s.Committed()
		offline = append(offline, slices.DeleteFunc(forGroups, func(p *cluster.Partition) bool { return !committed[p] })...)
	}
	n := len(offline)
	if n == 0 || ends == snapshot.Nowhere {
		return nil
	}
	return []cluster.Failure{{
		API: "ListOffsets", Broker: cluster.NoBroker, Code: cluster.CodeNoLeader,
		Cause: "partitions are offline: they have no leader", Partitions: n, Err: errNeverLed,
	}}
}

var errUnassigned = errors.New("which partitions their members are assigned is not known")

// unassigned returns a failure for the groups that only_assigned_partitions
// leaves without lag because their assignments are not known.
func unassigned(groups int) []cluster.Failure {
	if groups == 0 {
		return nil
	}
	return []cluster.Failure{{
		API: "DescribeGroups", Broker: cluster.NoBroker, Code: cluster.CodeIncomplete, Groups: groups, Err: errUnassigned,
		Cause: "the groups are rebalancing, or an assignment cannot be read",
	}}
}
