// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A message may have very many resource metrics of one origin. Each is looked at
// once: joining them does not copy what there is already.
func TestJoiningDoesNotCopyAgain(t *testing.T) {
	const n = 1000
	prepared := func() []*part {
		parts := make([]*part, n)
		for i := range parts {
			parts[i] = &part{at: 1, families: map[familyKey]*family{}}
			parts[i].put(&family{familyKey: familyKey{name: "lag"}}, &block{series: []uint64{uint64(i)}})
		}
		return parts
	}
	runs := [][]*part{prepared(), prepared()} // one to warm up
	allocations := testing.AllocsPerRun(1, func() {
		m := newMessage()
		for _, p := range runs[0] {
			m.add("id", p)
		}
		assert.Len(t, m.finish(), 1)
		assert.Equal(t, n, runs[0][0].series)
		runs = runs[1:]
	})
	assert.Less(t, allocations, n/4.)
}

// Of equal series in one message the last counts, in whichever resource metrics
// they are.
func TestLastOfResourceMetricsCounts(t *testing.T) {
	e, h := newTestExporter(t, nil)
	md := gauges(1, "lag", map[string]int64{"a": 1})
	for value := range int64(3) {
		gauges(1, "lag", map[string]int64{"a": 2 + value}).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	}
	removing(1, map[string]int64{"b": 0}).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	gauges(1, "lag", map[string]int64{"b": 5}).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	e.mustConsume(t, md)
	assert.ElementsMatch(t, []string{`lag{group="a"} 4`, `lag{group="b"} 5`}, samples(t, h))
}
