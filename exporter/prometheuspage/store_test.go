// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// samples is the page's samples, without its other lines.
func samples(t testing.TB, h *handler) []string {
	t.Helper()
	lines := []string{}
	for line := range strings.Lines(page004(t, h)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func (e *pageExporter) mustConsume(t testing.TB, md pmetric.Metrics) {
	t.Helper()
	require.NoError(t, e.consume(context.Background(), md))
}

func perSeries(c *Config) { c.ExactExpiry = false }

// With exact expiry, a group that the next scrape does not have is gone with it.
func TestNewerScrapeReplaces(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"gone": 1}))
	e.mustConsume(t, gauges(1, "old", map[string]int64{"gone": 1}))
	assert.Equal(t, []string{`lag{group="gone"} 1`, `old{group="gone"} 1`}, samples(t, h), "parts of one scrape add up")
	e.mustConsume(t, gauges(2, "lag", map[string]int64{"here": 2}))
	e.mustConsume(t, gauges(2, "new", map[string]int64{"here": 2}))
	assert.Equal(t, []string{`lag{group="here"} 2`, `new{group="here"} 2`}, samples(t, h))
}

// A scope without metrics has nothing to report any more.
func TestScopeWithoutMetricsReplaces(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"gone": 1}))
	other := gauges(1, "up", map[string]int64{"here": 1})
	other.ResourceMetrics().At(0).Resource().Attributes().PutStr("other", "one")
	e.mustConsume(t, other)
	nothing := gauges(1, "lag", nil)
	nothing.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().RemoveIf(func(pmetric.Metric) bool { return true })
	e.mustConsume(t, nothing)
	assert.Equal(t, []string{`up{group="here"} 1`}, samples(t, h))
}

// Two scrapes may be one message, where a processor gathers them.
func TestScrapesInOneMessage(t *testing.T) {
	e, h := newTestExporter(t, nil)
	md := gauges(1, "lag", map[string]int64{"gone": 1})
	gauges(2, "lag", map[string]int64{"here": 2}).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	e.mustConsume(t, md)
	assert.Equal(t, []string{`lag{group="here"} 2`}, samples(t, h))
}

// A scrape in several resource metrics of one message is complete with it: the
// next one, in fewer, takes its place at once.
func TestScrapeInSeveralResourceMetrics(t *testing.T) {
	e, h := newTestExporter(t, nil)
	md := gauges(1, "lag", map[string]int64{"a": 1})
	for _, name := range []string{"b", "c"} {
		gauges(1, "lag", map[string]int64{name: 1}).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	}
	e.mustConsume(t, md)
	assert.ElementsMatch(t, []string{`lag{group="a"} 1`, `lag{group="b"} 1`, `lag{group="c"} 1`}, samples(t, h))
	e.mustConsume(t, gauges(2, "lag", map[string]int64{"a": 2}))
	assert.Equal(t, []string{`lag{group="a"} 2`}, samples(t, h))
}

func TestOlderScrapeIsNotShown(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(2, "lag", map[string]int64{"here": 2}))
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"late": 1}))
	assert.Equal(t, []string{`lag{group="here"} 2`}, samples(t, h))
}

// Points may lack a time. Each message counts as a scrape then.
func TestScrapesWithoutTimes(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(0, "lag", map[string]int64{"gone": 1}))
	e.mustConsume(t, gauges(0, "lag", map[string]int64{"here": 2}))
	assert.Equal(t, []string{`lag{group="here"} 2`}, samples(t, h))
}

// While the parts of a split scrape come in, the page shows the last one whole.
func TestSplitScrapeIsShownWhole(t *testing.T) {
	e, h := newTestExporter(t, nil)
	scrape := func(at pcommon.Timestamp, parts ...string) {
		for _, name := range parts {
			e.mustConsume(t, gauges(at, name, map[string]int64{"g": int64(at)}))
		}
	}
	scrape(1, "a", "b", "c")
	scrape(2, "a", "b")
	assert.Equal(t, []string{`a{group="g"} 1`, `b{group="g"} 1`, `c{group="g"} 1`}, samples(t, h))
	scrape(2, "c")
	assert.Equal(t, []string{`a{group="g"} 2`, `b{group="g"} 2`, `c{group="g"} 2`}, samples(t, h))
	scrape(2, "d")
	assert.Len(t, samples(t, h), 4, "it may have more parts than the last")

	scrape(3, "a", "b")
	assert.Len(t, samples(t, h), 4)
	e.store.expire(time.Now().Add(settling))
	assert.Equal(t, []string{`a{group="g"} 3`, `b{group="g"} 3`}, samples(t, h), "it may have fewer")

	scrape(4, "b")
	scrape(5, "c", "d", "e")
	assert.Equal(t, []string{`c{group="g"} 5`, `d{group="g"} 5`, `e{group="g"} 5`}, samples(t, h))
	scrape(6, "a", "b")
	scrape(7, "c")
	assert.Equal(t, []string{`a{group="g"} 6`, `b{group="g"} 6`}, samples(t, h), "what came of a scrape is shown when the next begins")
}

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

// Sources that fall silent expire although nobody pulls, and not sooner than
// twice their interval.
func TestSilentSourcesExpire(t *testing.T) {
	for name, change := range map[string]func(*Config){"exact": nil, "per series": perSeries} {
		t.Run(name, func(t *testing.T) {
			e, _ := newTestExporter(t, change)
			start := time.Now()
			part := func(at pcommon.Timestamp, arrived time.Time) *part {
				p := &part{at: at, arrived: arrived, families: map[string]*family{}}
				p.put(&family{name: "lag"}, &block{series: []uint64{uint64(at)}}, losses{})
				p.count()
				return p
			}
			s := e.store
			s.add("silent", part(1, start))
			s.add("slow", part(1, start.Add(-10*time.Minute)))
			s.add("slow", part(2, start))
			shown := func(after time.Duration) (n int) {
				s.expire(start.Add(after))
				sources, _ := s.snapshot()
				for _, parts := range sources {
					n += min(len(parts), 1)
				}
				return n
			}
			before := s.changes()
			assert.Equal(t, 2, shown(5*time.Minute))
			assert.Equal(t, before, s.changes())
			assert.Equal(t, 1, shown(5*time.Minute+1))
			assert.Equal(t, before+1, s.changes())
			assert.Equal(t, 1, shown(20*time.Minute))
			assert.Equal(t, 0, shown(20*time.Minute+1))
			assert.Len(t, s.sources, 2)
			s.expire(start.Add(remembered + 1))
			assert.Empty(t, s.sources)
		})
	}
}

// A sender that names itself anew all the time costs no memory without end.
func TestSilentSourcesAreBounded(t *testing.T) {
	s, start := newStore(true, time.Second), time.Now()
	for i := range maxRemembered + 2 {
		s.add(strconv.Itoa(i), &part{at: 1, arrived: start.Add(time.Duration(i) * time.Millisecond)})
	}
	assert.Len(t, s.sources, maxRemembered+2)
	s.expire(start.Add(time.Minute))
	assert.Len(t, s.sources, maxRemembered)
	assert.NotContains(t, s.sources, "1", "which was silent for longer than others")
	assert.Contains(t, s.sources, "2")
}

// A source that sends more rarely than it expires vanishes once, not each time.
func TestRareSourceStays(t *testing.T) {
	s, start := newStore(true, time.Minute), time.Now()
	for i := range 4 {
		arrived := start.Add(time.Duration(i) * 2 * time.Minute)
		p := &part{at: pcommon.Timestamp(i), arrived: arrived, families: map[string]*family{}}
		s.add("rare", p)
		s.expire(arrived.Add(2*time.Minute - 1))
		sources, _ := s.snapshot()
		assert.Len(t, sources[0], min(i, 1), "after the first interval it is known")
	}
}

// An outage is not the interval: a source that has been away for long and then
// falls silent expires as it did before.
func TestOutageIsNotTakenForInterval(t *testing.T) {
	for name, c := range map[string]struct {
		gaps []time.Duration
		want time.Duration
	}{
		"first gap":        {[]time.Duration{10 * time.Minute}, 10 * time.Minute},
		"one outage":       {[]time.Duration{time.Minute, 50 * time.Minute}, time.Minute},
		"after an outage":  {[]time.Duration{time.Minute, 50 * time.Minute, time.Minute}, time.Minute},
		"rarer from now":   {[]time.Duration{time.Minute, 50 * time.Minute, 40 * time.Minute}, 40 * time.Minute},
		"a round in parts": {[]time.Duration{10 * time.Minute, settling - 1, 10 * time.Minute, 1}, 10 * time.Minute},
		"oftener from now": {[]time.Duration{50 * time.Minute, time.Minute}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			arrived := time.Now()
			s := &source{}
			s.add(&part{at: 1, arrived: arrived}, true)
			for i, gap := range c.gaps {
				arrived = arrived.Add(gap)
				s.add(&part{at: pcommon.Timestamp(2 + i), arrived: arrived}, true)
			}
			assert.Equal(t, c.want, s.interval)
		})
	}
}

// A clock that is set back makes newer scrapes look older. Only what comes soon
// after the last scrape is late.
func TestClockSetBack(t *testing.T) {
	start := time.Now()
	s := &source{}
	add := func(at pcommon.Timestamp, after time.Duration) (shown pcommon.Timestamp) {
		s.add(&part{at: at, arrived: start.Add(after)}, true)
		assert.Len(t, s.shown, 1)
		return s.shown[0].at
	}
	assert.EqualValues(t, 100, add(100, 0))
	assert.EqualValues(t, 100, add(99, settling-1), "late, the interval is not known yet")
	assert.EqualValues(t, 110, add(110, 10*time.Second))
	assert.EqualValues(t, 110, add(50, 13*time.Second), "late")
	assert.EqualValues(t, 110, add(51, 15*time.Second-1), "late after the last that was not")
	assert.EqualValues(t, 52, add(52, 20*time.Second), "set back")
	assert.Equal(t, 10*time.Second, s.interval)
	assert.EqualValues(t, 52, add(51, 21*time.Second), "late")
	assert.EqualValues(t, 62, add(62, 30*time.Second))
}

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
			for _, b := range p.families["lag"].blocks {
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
