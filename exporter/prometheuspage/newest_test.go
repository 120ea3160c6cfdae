// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Without exact expiry, series last on their own, and the newest point counts.
func TestSeriesLastOnTheirOwn(t *testing.T) {
	e, h := newTestExporter(t, perSeries)
	e.mustConsume(t, gauges(2, "lag", map[string]int64{"a": 1, "b": 1}))
	e.mustConsume(t, gauges(3, "lag", map[string]int64{"b": 2}))
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"a": 0, "b": 0, "c": 0}))
	assert.ElementsMatch(t, []string{`lag{group="a"} 1`, `lag{group="b"} 2`, `lag{group="c"} 0`}, samples(t, h))
}

// Each point may have a time of its own. Of each series the newest point counts, wherever
// newer points of others are.
func TestNewestPointOfEachSeriesCounts(t *testing.T) {
	type point struct {
		group string
		at    pcommon.Timestamp
		value int64 // 0: no recorded value
	}
	for name, tt := range map[string]struct {
		messages [][]point
		want     []string
	}{
		"older than another series was": {
			[][]point{{{"x", 100, 1}, {"y", 50, 1}}, {{"y", 60, 2}}}, []string{"x 1", "y 2"},
		},
		"beside one of the far future": {
			[][]point{{{"x", 1 << 62, 1}, {"y", 1, 1}}, {{"x", 2, 2}, {"y", 2, 2}}}, []string{"x 1", "y 2"},
		},
		"in one message":            {[][]point{{{"x", 100, 2}, {"x", 50, 1}}}, []string{"x 2"}},
		"equal times: the later":    {[][]point{{{"x", 9, 1}, {"y", 5, 1}}, {{"y", 5, 2}, {"x", 1, 2}}}, []string{"x 1", "y 2"}},
		"equal times, one message":  {[][]point{{{"x", 5, 1}, {"x", 5, 2}, {"y", 6, 1}}}, []string{"x 2", "y 1"}},
		"late":                      {[][]point{{{"x", 9, 1}, {"y", 9, 1}}, {{"x", 8, 2}, {"y", 10, 2}}}, []string{"x 1", "y 2"}},
		"gone, by an older message": {[][]point{{{"x", 9, 0}, {"y", 1, 1}}, {{"x", 8, 2}, {"y", 2, 2}}}, []string{"y 2"}},
		"gone until then":           {[][]point{{{"x", 7, 0}, {"y", 1, 1}}, {{"x", 8, 2}, {"y", 2, 2}}}, []string{"x 2", "y 2"}},
		"gone before it was there":  {[][]point{{{"x", 8, 2}, {"x", 7, 0}}}, []string{"x 2"}},
		"gone after all, unordered": {[][]point{{{"x", 8, 0}, {"x", 7, 2}, {"y", 1, 1}}}, []string{"y 1"}},
		"gone at the same time":     {[][]point{{{"x", 8, 2}, {"x", 8, 0}, {"y", 1, 1}}}, []string{"y 1"}},
		"back at the same time":     {[][]point{{{"x", 8, 0}, {"x", 8, 2}, {"y", 1, 1}}}, []string{"x 2", "y 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			e, h := newTestExporter(t, perSeries)
			for _, message := range tt.messages {
				md := gauges(1, "lag", nil)
				all := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
				for _, p := range message {
					dp := all.AppendEmpty()
					dp.SetTimestamp(p.at)
					dp.SetIntValue(p.value)
					dp.SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(p.value == 0))
					dp.Attributes().PutStr("group", p.group)
				}
				e.mustConsume(t, md)
			}
			want := []string{}
			for _, w := range tt.want {
				group, value, _ := strings.Cut(w, " ")
				want = append(want, fmt.Sprintf("lag{group=%q} %s", group, value))
			}
			assert.ElementsMatch(t, want, samples(t, h))
			for id := range e.store.sources {
				e.store.shrink(id)
			}
			e.store.version++
			assert.ElementsMatch(t, want, samples(t, h), "after what is not needed is dropped")
		})
	}
}

// What has no recorded value leaves the page, with or without exact expiry.
func TestNoRecordedValueRemoves(t *testing.T) {
	for name, change := range map[string]func(*Config){"exact": nil, "per series": perSeries} {
		e, h := newTestExporter(t, change)
		e.mustConsume(t, gauges(1, "lag", map[string]int64{"a": 1, "b": 1}))
		gone := gauges(1, "lag", map[string]int64{"a": 0})
		points := gone.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
		points.At(0).SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
		e.mustConsume(t, gone)
		assert.Equal(t, []string{`lag{group="b"} 1`}, samples(t, h), name)
		e.mustConsume(t, gauges(1, "lag", map[string]int64{"a": 3}))
		assert.ElementsMatch(t, []string{`lag{group="b"} 1`, `lag{group="a"} 3`}, samples(t, h), name)
	}
}

// Of a message's points for one series the last counts, be it a value or none.
func TestLastPointOfSeriesCounts(t *testing.T) {
	e, h := newTestExporter(t, nil)
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("lag")
	points := m.SetEmptyGauge().DataPoints()
	for i, series := range []string{"twice", "gone", "back", "twice", "gone", "back"} {
		p := points.AppendEmpty()
		p.SetTimestamp(1)
		p.SetIntValue(int64(i))
		p.Attributes().PutStr("s", series)
		p.SetFlags(p.Flags().WithNoRecordedValue(i == 4 || i == 2))
	}
	e.mustConsume(t, md)
	assert.ElementsMatch(t, []string{`lag{s="twice"} 3`, `lag{s="back"} 5`}, samples(t, h))
}
