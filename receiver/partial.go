// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/scraper/scrapererror"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

// failuresOf returns why a scrape is not whole. Where it learned nothing and
// the snapshot does not say why, the error is the one failure.
func failuresOf(s *cluster.Snapshot, err error) []cluster.Failure {
	if s != nil && len(s.Failures) > 0 {
		return s.Failures
	}
	if err != nil {
		return []cluster.Failure{{Broker: cluster.NoBroker, Err: err}}
	}
	return nil
}

var errNeverLed = errors.New("not seen with a leader since this receiver started")

// leaderless returns a failure for the partitions without a leader whose end is
// wanted, and of which no earlier scrape has learned it either.
func leaderless(s *cluster.Snapshot, ends snapshot.PartitionScope) []cluster.Failure {
	var offline []*cluster.Partition
	for _, topic := range s.Topics {
		for i := range topic.Partitions {
			if p := &topic.Partitions[i]; p.Leader == cluster.NoBroker && !p.End.Known() {
				offline = append(offline, p)
			}
		}
	}
	if len(offline) > 0 && ends == snapshot.WhereCommitted {
		committed := s.Committed()
		offline = slices.DeleteFunc(offline, func(p *cluster.Partition) bool { return !committed[p] })
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

// partial returns the error of a scrape that failed in part, or nil. missing is
// the number of data points that were not recorded because a value is unknown.
func partial(failures []cluster.Failure, missing int) error {
	if len(failures) == 0 && missing == 0 {
		return nil
	}
	errs := make([]error, 0, len(failures)+1)
	if missing > 0 {
		errs = append(errs, fmt.Errorf("%d data points are not known", missing))
	}
	for _, f := range failures {
		missing += uncounted(f)
		errs = append(errs, fmt.Errorf("%s: %w", f.API, f.Err))
	}
	return scrapererror.NewPartialScrapeError(errors.Join(errs...), max(missing, 1))
}

// uncounted returns how many data points a failure costs that leave no unknown
// value behind: a group that was not answered for is one at least, and so is a
// question whose answer would have named what is missing.
func uncounted(f cluster.Failure) int {
	if f.Groups == 0 && f.Partitions == 0 {
		return 1
	}
	return f.Groups
}
