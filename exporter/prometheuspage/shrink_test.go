// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// What a source needed before most of it expired is not what it needs.
func TestExpiryLowersWhatIsKept(t *testing.T) {
	start := time.Now()
	s := &source{}
	s.add(&part{at: 1, arrived: start, series: 10 * growth}, false)
	s.add(&part{at: 2, arrived: start.Add(time.Second), series: 1}, false)
	s.kept = seriesOf(s.shown)
	assert.Zero(t, testing.AllocsPerRun(10, func() { s.expire(start.Add(time.Minute), time.Minute) }), "most of the time nothing expires")
	assert.True(t, s.expire(start.Add(time.Minute+1), time.Minute))
	assert.Equal(t, 1, s.kept)
	s.add(&part{at: 3, arrived: start.Add(time.Minute), series: 1 + growth}, false)
	assert.Equal(t, 2+growth, seriesOf(s.shown))
	assert.False(t, s.grown())
	s.add(&part{at: 4, arrived: start.Add(time.Minute), series: 1}, false)
	assert.True(t, s.grown())
}

// Messages without a point have nothing to show for as long as series last on their own. Many
// of few points are looked through, too.
func TestManySmallMessagesAreBounded(t *testing.T) {
	e, h := newTestExporter(t, perSeries)
	e.mustConsume(t, lagPoints(2*growth, 1))
	nothing := lagPoints(0, 2)
	nothing.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().RemoveIf(func(pmetric.Metric) bool { return true })
	for range 3 * growth {
		e.mustConsume(t, nothing)
	}
	for _, s := range e.store.sources {
		assert.Len(t, s.shown, 1)
	}
	before := len(samples(t, h))
	for i := range pcommon.Timestamp(3 * growth) {
		e.mustConsume(t, lagPoints(1, 2+i))
	}
	for _, s := range e.store.sources {
		assert.Less(t, len(s.shown), growth+10)
	}
	assert.Len(t, samples(t, h), before)
}

// removing is a message that says series to be gone.
func removing(at pcommon.Timestamp, points map[string]int64) pmetric.Metrics {
	md := gauges(at, "lag", points)
	for _, p := range md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().All() {
		p.SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
	}
	return md
}

// A sender may say with each message that the same series are gone.
func TestRepeatedRemovalsAreDropped(t *testing.T) {
	e, h := newTestExporter(t, perSeries)
	points := map[string]int64{}
	for i := range 100 {
		points[fmt.Sprint(i)] = 1
	}
	e.mustConsume(t, gauges(1, "lag", points))
	for i := range pcommon.Timestamp(300) {
		e.mustConsume(t, removing(2+i, points))
	}
	kept := 0
	for _, s := range e.store.sources {
		for _, p := range s.shown {
			for _, b := range p.families[familyKey{"lag", gauge}].blocks {
				kept += len(b.removed)
			}
		}
	}
	assert.Less(t, kept, 2*len(points)+2*growth)
	e.mustConsume(t, gauges(1, "lag", points))
	assert.Empty(t, samples(t, h), "older points stay gone")
}

// What is dropped does not let a point come back that comes late.
func TestRemovalHidesLatePoints(t *testing.T) {
	e, h := newTestExporter(t, perSeries)
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"gone": 1, "stays": 1}))
	e.mustConsume(t, removing(5, map[string]int64{"gone": 0}))
	e.mustConsume(t, removing(7, map[string]int64{"gone": 0}))
	e.mustConsume(t, gauges(9, "lag", map[string]int64{"new": 9}))
	for id := range e.store.sources {
		e.store.shrink(id)
	}
	e.mustConsume(t, gauges(6, "lag", map[string]int64{"gone": 6}))
	assert.ElementsMatch(t, []string{`lag{group="stays"} 1`, `lag{group="new"} 9`}, samples(t, h))
}

// What only says that series are gone does not decide of which type a name is, nor make the
// page dearer, when it is what newer parts have left of older ones.
func TestRemovalsThatAreLeftDoNotDecide(t *testing.T) {
	e, h := newTestExporter(t, perSeries)
	logs := watchLog(e)
	summary := removing(2, map[string]int64{"g": 0})
	m := summary.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	p := m.SetEmptySummary().DataPoints().AppendEmpty()
	p.SetTimestamp(2)
	p.SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
	p.Attributes().PutStr("group", "g")
	both := gauges(3, "lag", map[string]int64{"i": 3})
	removing(3, map[string]int64{"j": 0}).ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().MoveAndAppendTo(
		both.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics())

	e.mustConsume(t, gauges(1, "lag", map[string]int64{"g": 1, "h": 1}))
	e.mustConsume(t, both)
	e.mustConsume(t, gauges(4, "lag", map[string]int64{"i": 4}))
	e.mustConsume(t, summary)
	want := []string{`lag{group="g"} 1`, `lag{group="h"} 1`, `lag{group="i"} 4`} // the summary of g is gone, which there was not
	assert.ElementsMatch(t, want, samples(t, h))
	for id, s := range e.store.sources {
		e.store.shrink(id)
		for _, p := range s.shown {
			for _, f := range p.families {
				for _, b := range f.blocks {
					assert.True(t, b.legacyNames)
				}
			}
		}
	}
	e.store.version++
	assert.ElementsMatch(t, want, samples(t, h))
	assert.Zero(t, logs.Len())

	m.Summary().DataPoints().AppendEmpty().SetTimestamp(9)
	e.mustConsume(t, summary)
	for range 2 {
		assert.Equal(t, []string{"lag_sum 0", "lag_count 0"}, samples(t, h), "what came last and shows something decides")
		for id := range e.store.sources {
			e.store.shrink(id)
		}
		e.store.version++
	}
}

// However many messages come, what is kept is in proportion to the page, and the
// page is the same.
func TestWhatNewerPartsHaveIsDropped(t *testing.T) {
	for name, change := range map[string]func(*Config){"exact": nil, "per series": perSeries} {
		t.Run(name, func(t *testing.T) {
			e, h := newTestExporter(t, change)
			want := map[string]int64{}
			for message := range int64(300) {
				points := map[string]int64{fmt.Sprint("once", message): message}
				for i := range 100 {
					points[fmt.Sprint("always", i)] = message
				}
				maps.Copy(want, points)
				md := gauges(1, "lag", points)
				m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty()
				m.SetName("same")
				m.SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(message)
				e.mustConsume(t, md)
			}
			lines := []string{"same 299"}
			for group, value := range want {
				lines = append(lines, fmt.Sprintf("lag{group=%q} %d", group, value))
			}
			assert.ElementsMatch(t, lines, samples(t, h))
			for _, s := range e.store.sources {
				assert.Less(t, seriesOf(s.shown), 2*len(want)+2*growth)
			}
		})
	}
}
