// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseReport(t *testing.T) {
	t.Parallel()
	text, err := os.Open("testdata/metrics.txt")
	require.NoError(t, err)
	defer text.Close()
	families, err := parseMetrics(text)
	require.NoError(t, err)
	assert.Equal(t, []row{
		{group: "falls-behind", topic: "clicks", state: "Stable", members: 1, partitions: 2, of: 2, lag: 1234, timeLag: 95 * time.Second},
		{group: "keeps-up", topic: "orders", state: "Stable", members: 2, partitions: 1, of: 3, lag: 7, timeLag: 250 * time.Millisecond},
		{group: "keeps-up", topic: "payments", state: "Stable", members: 2, partitions: 1, of: 1, lag: 0},
		{group: "no-sum", topic: "orders", partitions: 1, of: 3, lag: -1, timeLag: -1},
	}, report(families))

	families, err = parseMetrics(strings.NewReader(""))
	require.NoError(t, err)
	assert.Empty(t, report(families))
	_, err = parseMetrics(strings.NewReader("<html>"))
	require.Error(t, err)
}

func TestPrintReport(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var many []row
	for i := range maxRows + 3 {
		many = append(many, row{group: fmt.Sprint("group-", i)})
	}
	tests := []struct {
		name    string
		rows    []row
		failure error
		want    []string
	}{
		{name: "nothing yet", want: []string{"", "03:04:05  no lag yet; the log says why, should it stay so"}},
		{name: "no metrics", failure: errors.New("503"), want: []string{"", "03:04:05  no metrics: 503"}},
		{
			name: "rows", rows: []row{
				{group: "stopped", topic: "payments", state: "Empty", partitions: 3, of: 3, lag: 1234, timeLag: 3 * time.Hour},
				{group: "g", topic: "orders", state: "Stable", members: 1, partitions: 5, of: 6, lag: -1, timeLag: -1},
			},
			want: []string{
				"",
				"03:04:05  GROUP    TOPIC     STATE   MEMBERS  COMMITTED  LAG      TIME LAG",
				"          stopped  payments  Empty   0        3 of 3     1234     3h0m0s",
				"          g        orders    Stable  1        5 of 6     unknown  unknown",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			require.NoError(t, printReport(&out, now, tt.rows, tt.failure))
			assert.Equal(t, strings.Join(tt.want, "\n")+"\n", out.String())
		})
	}

	t.Run("more rows than fit", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		require.NoError(t, printReport(&out, now, many, nil))
		assert.Equal(t, maxRows, strings.Count(out.String(), "group-"))
		assert.Contains(t, out.String(), "and 3 more, with less lag")
	})
}
