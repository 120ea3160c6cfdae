// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestBatches(t *testing.T) {
	for name, tt := range map[string]struct {
		known  map[int]int // commits by number of the group
		groups int
		want   []int
	}{
		"no groups":                    {nil, 0, nil},
		"as many as a request takes":   {nil, 100, []int{100}},
		"one more":                     {nil, 101, []int{100, 1}},
		"thousands":                    {nil, 20_000, repeat(100, 200)},
		"small ones fill no more":      {map[int]int{0: 1, 1: 1}, 101, []int{100, 1}},
		"one of 50,000 goes alone":     {map[int]int{2: 50_000}, 5, []int{2, 1, 2}},
		"the first goes alone":         {map[int]int{0: 50_000}, 3, []int{1, 2}},
		"larger ones make it shorter":  {map[int]int{0: 12_500, 1: 12_500, 2: 12_500}, 3, []int{2, 1}},
		"a large one among small ones": {map[int]int{0: 24_000}, 10, []int{5, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			groups := make([]*cluster.Group, tt.groups)
			var z sizes
			for i := range groups {
				groups[i] = &cluster.Group{Name: fmt.Sprint(i)}
				z.learn([]groupSize{{groups[i], tt.known[i]}})
			}
			var got []int
			var all []*cluster.Group
			for _, batch := range z.batches(groups) {
				got = append(got, len(batch))
				all = append(all, batch...)
			}
			assert.Equal(t, tt.want, got)
			assert.ElementsMatch(t, groups, all)
		})
	}
}

func TestSizesForgetWhatIsGone(t *testing.T) {
	a := &cluster.Group{Name: "a", Coordinator: 2}
	listed := map[string]*cluster.Group{"a": a}
	var z sizes
	z.learn([]groupSize{{a, 50_000}})
	z.forget(listed, map[int32]bool{1: true, 2: true})
	assert.Len(t, z.large, 1, "it is still listed")
	z.forget(nil, map[int32]bool{1: true})
	assert.Len(t, z.large, 1, "its coordinator did not answer")
	z.forget(nil, map[int32]bool{1: true, 2: true})
	assert.Empty(t, z.large, "it is gone")

	z.learn([]groupSize{{a, 50_000}})
	z.learn([]groupSize{{a, usualCommits}})
	assert.Empty(t, z.large, "it has shrunk")
}

func repeat(n, times int) []int {
	all := make([]int, times)
	for i := range all {
		all[i] = n
	}
	return all
}
