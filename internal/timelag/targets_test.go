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
		want target
		then []cluster.Offset
	}{
		"stands still":          {target{commit: 5, lag: 9}, []cluster.Offset{5}},
		"moves":                 {target{commit: 5, lag: 9, step: 4}, []cluster.Offset{5, 9, 13}},
		"will have read all":    {target{commit: 5, lag: 8, step: 4}, []cluster.Offset{5, 9}},
		"by more than can be":   {target{commit: 0, lag: math.MaxInt64, step: math.MaxInt64 - 1}, []cluster.Offset{0, math.MaxInt64 - 1}},
		"from close to the end": {target{commit: math.MaxInt64 - 9, lag: 9, step: 9}, []cluster.Offset{math.MaxInt64 - 9}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.then, slices.Collect(tt.want.commits()))
		})
	}
}
