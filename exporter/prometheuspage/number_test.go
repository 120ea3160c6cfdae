// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		number        float64
		value, inText string
		inOpenMetrics string
	}{
		{0, "0", "0", "0.0"},
		{1, "1", "1", "1.0"},
		{-3, "-3", "-3", "-3.0"},
		{0.005, "0.005", "0.005", "0.005"},
		{1000000, "1000000", "1e+06", "1e+06"},
		{1234567, "1234567", "1.234567e+06", "1.234567e+06"},
		{1e15, "1000000000000000", "1e+15", "1e+15"},
		{1 << 53, "9.007199254740992e+15", "9.007199254740992e+15", "9.007199254740992e+15"},
		{1e300, "1e+300", "1e+300", "1e+300"},
		{math.Inf(1), "+Inf", "+Inf", "+Inf"},
		{math.Inf(-1), "-Inf", "-Inf", "-Inf"},
		{math.NaN(), "NaN", "NaN", "NaN"},
	} {
		assert.Equal(t, c.value, string(appendFloat(nil, c.number)))
		bound := string(appendShortest(nil, c.number))
		assert.Equal(t, c.inText, bound)
		assert.Equal(t, c.inOpenMetrics, openMetricsBound(bound))
		read, err := strconv.ParseFloat(c.value, 64)
		require.NoError(t, err)
		assert.Equal(t, math.IsNaN(c.number), math.IsNaN(read))
		if !math.IsNaN(read) {
			assert.InDelta(t, c.number, read, 0)
		}
	}
}

func TestSecondsOfMilliseconds(t *testing.T) {
	for ms, want := range map[int64]string{0: "0.000", 7: "0.007", 1_700_000_000_120: "1700000000.120"} {
		assert.Equal(t, want, string(appendSeconds(nil, ms)))
	}
}
