// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReduce(t *testing.T) {
	for name, tt := range map[string]struct {
		limit      int
		groups     []string
		partitions int
		kept       int
	}{
		"no limit":                 {limit: 0, kept: 10},
		"within the limit":         {limit: 10, kept: 10},
		"the largest is enough":    {limit: 9, groups: []string{"large"}, partitions: 5, kept: 5},
		"one goes, and no more":    {limit: 5, groups: []string{"large"}, partitions: 5, kept: 5},
		"equal ones by their name": {limit: 4, groups: []string{"large", "even"}, partitions: 7, kept: 3},
		"all but the smallest":     {limit: 1, groups: []string{"large", "even", "odd"}, partitions: 9, kept: 1},
	} {
		t.Run(name, func(t *testing.T) {
			report := &Report{Groups: []Group{
				sizedGroup("odd", 2), sizedGroup("small", 1), sizedGroup("large", 2, 3), sizedGroup("even", 1, 1),
			}}
			got := report.LimitPartitions(tt.limit)
			assert.Equal(t, LimitedPartitions{Groups: tt.groups, Partitions: tt.partitions, Committed: tt.partitions}, got)
			kept := 0
			for i := range report.Groups {
				kept += report.Groups[i].partitions()
				for _, topic := range report.Groups[i].Topics {
					assert.EqualValues(t, 7, topic.LagSum, "sums stay")
				}
			}
			assert.Equal(t, tt.kept, kept)
		})
	}
}

// sizedGroup has a topic for each number of partitions.
func sizedGroup(name string, partitions ...int) Group {
	g := Group{Name: name}
	for _, n := range partitions {
		g.Topics = append(g.Topics, Topic{LagSum: 7, Partitions: make([]Partition, n)})
	}
	return g
}
