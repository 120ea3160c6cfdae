// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestCommitsAhead(t *testing.T) {
	for name, tt := range map[string]struct {
		want want
		then []cluster.Offset
	}{
		"stands still":          {want{commit: 5, lag: 9}, []cluster.Offset{5}},
		"moves":                 {want{commit: 5, lag: 9, step: 4}, []cluster.Offset{5, 9, 13}},
		"will have read all":    {want{commit: 5, lag: 8, step: 4}, []cluster.Offset{5, 9}},
		"by more than can be":   {want{commit: 0, lag: math.MaxInt64, step: math.MaxInt64 - 1}, []cluster.Offset{0, math.MaxInt64 - 1}},
		"from close to the end": {want{commit: math.MaxInt64 - 9, lag: 9, step: 9}, []cluster.Offset{math.MaxInt64 - 9}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.then, slices.Collect(tt.want.commits()))
		})
	}
}
