// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/scraper/scrapererror"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestPartialCountsDataPoints(t *testing.T) {
	err := errors.New("refused")
	for name, tt := range map[string]struct {
		failures []cluster.Failure
		missing  int
		want     int
	}{
		"unknown values are counted already": {
			[]cluster.Failure{{API: "ListOffsets", Partitions: 4, Err: err}}, 9, 9,
		},
		"a group that was not answered for is one at least": {
			[]cluster.Failure{{API: "OffsetFetch", Groups: 3, Err: err}}, 0, 3,
		},
		"a question that would have named what is missing": {
			[]cluster.Failure{{API: "ListGroups", Err: err}, {API: "ListGroups", Err: err}}, 0, 2,
		},
		"all of these": {
			[]cluster.Failure{
				{API: "ListOffsets", Partitions: 4, Err: err},
				{API: "OffsetFetch", Groups: 3, Err: err},
				{API: "ListGroups", Err: err},
			}, 9, 13,
		},
		"a failure that costs no enabled metric": {
			[]cluster.Failure{{API: "ListOffsets", Partitions: 4, Err: err}}, 0, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got scrapererror.PartialScrapeError
			require.ErrorAs(t, PartialError(tt.failures, tt.missing), &got)
			assert.Equal(t, tt.want, got.Failed)
			require.ErrorContains(t, got, tt.failures[0].API+": refused")
		})
	}
}

func TestPartialOfNothingMissing(t *testing.T) {
	require.NoError(t, PartialError(nil, 0))
	require.ErrorContains(t, PartialError(nil, 2), "2 data points are not known")
}

func TestFailuresOf(t *testing.T) {
	err := errors.New("refused")
	failures := []cluster.Failure{{API: "Metadata", Broker: 1, Err: err}}
	assert.Empty(t, FailuresOf(&cluster.Snapshot{}, nil))
	assert.Equal(t, failures, FailuresOf(&cluster.Snapshot{Failures: failures}, nil))
	assert.Equal(t, failures, FailuresOf(&cluster.Snapshot{Failures: failures}, err))
	assert.Equal(t, []cluster.Failure{{Broker: cluster.NoBroker, Err: err}}, FailuresOf(nil, err))
}
