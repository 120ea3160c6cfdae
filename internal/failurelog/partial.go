// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/scraper/scrapererror"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// FailuresOf returns the failures of a scrape that returned s and err. If the scrape learned
// nothing and the snapshot does not say why, the error is the only failure.
func FailuresOf(s *cluster.Snapshot, err error) []cluster.Failure {
	if s != nil && len(s.Failures) > 0 {
		return s.Failures
	}
	if err != nil {
		return []cluster.Failure{{Broker: cluster.NoBroker, Err: err}}
	}
	return nil
}

// PartialError returns the error of a scrape that failed in part, or nil. missing is
// the number of data points that were not recorded because a value is unknown.
func PartialError(failures []cluster.Failure, missing int) error {
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

// uncounted returns how many data points a failure costs beyond those of unknown
// values: at least one for each group without an answer, and one for a request whose
// answer would have named what is missing.
func uncounted(f cluster.Failure) int {
	if f.Groups == 0 && f.Partitions == 0 {
		return 1
	}
	return f.Groups
}
