// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// from makes a message that of a resource.
func from(resource string, md pmetric.Metrics) pmetric.Metrics {
	md.ResourceMetrics().At(0).Resource().Attributes().PutStr("cluster", resource)
	return md
}

func clusterLabel(c *Config) { c.ResourceConstantLabels.Included = []string{"cluster"} }

// watchLog has what the exporter logs gathered.
func watchLog(e *pageExporter) *observer.ObservedLogs {
	core, logs := observer.New(zap.WarnLevel)
	e.complaints.logger = zap.New(core)
	return logs
}

func messages(logs *observer.ObservedLogs) []string {
	var all []string
	for _, entry := range logs.All() {
		all = append(all, entry.Message+": "+entry.ContextMap()["metric"].(string))
	}
	return all
}

func TestFamiliesOfSourcesAreMerged(t *testing.T) {
	e, h := newTestExporter(t, clusterLabel)
	e.mustConsume(t, from("b", gauges(1, "lag", map[string]int64{"g": 2})))
	e.mustConsume(t, from("b", gauges(1, "a.first", map[string]int64{"g": 3})))
	e.mustConsume(t, from("a", gauges(1, "lag", map[string]int64{"g": 1})))
	assert.Equal(t, strings.TrimPrefix(`
# HELP a_first About a.first.
# TYPE a_first gauge
a_first{cluster="b",group="g"} 3
# HELP lag About lag.
# TYPE lag gauge
lag{cluster="a",group="g"} 1
lag{cluster="b",group="g"} 2
`, "\n"), page004(t, h))
}

// A series that several sources have is on the page once: that of the newest.
func TestNewestOfRepeatedSeriesIsShown(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, from("a", gauges(2, "lag", map[string]int64{"g": 1, "a": 1})))
	e.mustConsume(t, from("b", gauges(3, "lag", map[string]int64{"g": 2, "b": 2})))
	e.mustConsume(t, from("c", gauges(1, "lag", map[string]int64{"g": 3, "c": 3})))
	assert.ElementsMatch(t, []string{
		`lag{group="g"} 2`, `lag{group="a"} 1`, `lag{group="b"} 2`, `lag{group="c"} 3`,
	}, samples(t, h))
	e.mustConsume(t, from("c", gauges(4, "lag", map[string]int64{"g": 3, "a": 3, "b": 3, "c": 3})))
	assert.ElementsMatch(t, []string{
		`lag{group="g"} 3`, `lag{group="a"} 3`, `lag{group="b"} 3`, `lag{group="c"} 3`,
	}, samples(t, h))
}

// Which source is the first follows from what they are called, not from when
// they came.
func TestFirstSourceSaysWhatFamilyIs(t *testing.T) {
	e, h := newTestExporter(t, clusterLabel)
	logs := watchLog(e)
	counter := gauges(1, "lag", map[string]int64{"g": 9}) // renamed: a counter would be lag_total
	m := counter.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	m.SetEmptySummary().DataPoints().AppendEmpty().SetTimestamp(1)
	e.mustConsume(t, from("b", counter))
	other := gauges(1, "lag", map[string]int64{"g": 3})
	other.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetDescription("Something else.")
	e.mustConsume(t, from("c", other))
	e.mustConsume(t, from("a", gauges(1, "lag", map[string]int64{"g": 1})))
	for range 2 {
		assert.Equal(t, strings.TrimPrefix(`
# HELP lag About lag.
# TYPE lag gauge
lag{cluster="a",group="g"} 1
lag{cluster="c",group="g"} 3
`, "\n"), page004(t, h))
		e.mustConsume(t, from("a", gauges(2, "lag", map[string]int64{"g": 1})))
	}
	assert.ElementsMatch(t, []string{
		"left out samples of another type than the first has: lag",
		"kept the first of different descriptions: lag",
	}, messages(logs), "each is said once")
}

// Many sources that disagree on one thing leave room for another.
func TestConflictsAreDistinct(t *testing.T) {
	c := composer{known: map[conflict]struct{}{}}
	for range 2 * maxReasons {
		c.conflict("kept the first of different descriptions", "lag")
	}
	c.conflict("kept the first of different descriptions", "offset")
	assert.Len(t, c.conflicts, 2)
	for i := range 2 * maxReasons {
		c.conflict("kept the first of different descriptions", strconv.Itoa(i))
	}
	assert.Len(t, c.conflicts, maxReasons)
}

// A metric of the name of another's lines would be taken for one of them.
func TestNamesOfLinesAreKept(t *testing.T) {
	e, h := newTestExporter(t, nil)
	logs := watchLog(e)
	md := gauges(1, "h_count", map[string]int64{"g": 1})
	metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	m := metrics.AppendEmpty()
	m.SetName("h")
	m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	m.Histogram().DataPoints().AppendEmpty().SetCount(2)
	e.mustConsume(t, md)
	e.mustConsume(t, gauges(1, "g_count", map[string]int64{"g": 1}))
	assert.Equal(t, []string{`g_count{group="g"} 1`, `h_bucket{le="+Inf"} 2`, "h_sum 0", "h_count 2"}, samples(t, h))
	assert.Equal(t, []string{"left out a metric that has the name of a histogram's or summary's lines: h_count"}, messages(logs))
}

// A source of which nothing is shown does not say what a family is.
func TestRemovalsDoNotDecide(t *testing.T) {
	summary := func(name string) pmetric.Metrics {
		md := gauges(1, name, nil)
		m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
		m.SetDescription("Another.")
		m.SetEmptySummary().DataPoints().AppendEmpty().SetTimestamp(1)
		return md
	}
	for name, change := range map[string]func(*Config){"exact": nil, "per series": perSeries} {
		t.Run(name, func(t *testing.T) {
			e, h := newTestExporter(t, change)
			logs := watchLog(e)
			e.mustConsume(t, from("a", gauges(1, "lag", map[string]int64{"g": 1})))
			e.mustConsume(t, from("a", removing(2, map[string]int64{"g": 1})))
			e.mustConsume(t, from("b", summary("lag")))
			assert.Equal(t, "# HELP lag Another.\n# TYPE lag summary\nlag_sum 0\nlag_count 0\n", page004(t, h))
			e.mustConsume(t, from("c", gauges(1, "lag_sum", map[string]int64{"g": 1})))
			assert.Equal(t, []string{"left out a metric that has the name of a histogram's or summary's lines: lag_sum"}, said(t, h, logs))
			e.mustConsume(t, from("b", gauges(3, "other", map[string]int64{"g": 1})))
			if change == nil {
				assert.Equal(t, []string{`lag_sum{group="g"} 1`, `other{group="g"} 1`}, samples(t, h))
			}
		})
	}
}

// What of another source is shown decides, whatever a source says to be gone first.
func TestRemovalsBesideAnotherSource(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) {
		perSeries(c)
		clusterLabel(c)
	})
	logs := watchLog(e)
	e.mustConsume(t, from("a", gauges(1, "lag", map[string]int64{"g": 1})))
	for _, flags := range []pmetric.DataPointFlags{0, pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)} {
		md := from("b", gauges(1, "lag", nil))
		p := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetEmptySummary().DataPoints().AppendEmpty()
		p.SetFlags(flags)
		p.Attributes().PutBool("removed", flags != 0)
		e.mustConsume(t, md)
	}
	assert.Equal(t, []string{`lag{cluster="a",group="g"} 1`}, samples(t, h))
	assert.Equal(t, []string{"left out samples of another type than the first has: lag"}, messages(logs))
}

// Sources of which nothing is shown do not differ on what a family is.
func TestHiddenSourcesDoNotDiffer(t *testing.T) {
	e, h := newTestExporter(t, nil)
	logs := watchLog(e)
	md := pmetric.NewMetrics()
	for i := range 30 {
		one := from(strconv.Itoa(i), gauges(1, "lag", map[string]int64{"g": 1}))
		metrics := one.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
		removing(1, map[string]int64{"g": 0}).ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().MoveAndAppendTo(metrics)
		for _, m := range metrics.All() {
			m.SetDescription(strconv.Itoa(i))
		}
		one.ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	}
	e.mustConsume(t, md)
	e.mustConsume(t, from("last", gauges(1, "lag", map[string]int64{"g": 7})))
	assert.Equal(t, []string{`lag{group="g"} 7`}, samples(t, h))
	assert.Zero(t, logs.Len())
}

// said pulls the page and returns what was logged by then.
func said(t *testing.T, h *handler, logs *observer.ObservedLogs) []string {
	t.Helper()
	page004(t, h)
	return messages(logs)
}

// A point has its attributes in any order.
func TestJoinedValuesAreInTheOrderOfKeys(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) { c.ResourceConstantLabels.Included = []string{"*"} })
	md := gauges(1, "m", nil)
	md.ResourceMetrics().At(0).Resource().Attributes().PutStr("a-b", "0")
	all := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
	for _, keys := range [][]string{{"a.b", "a_b"}, {"a_b", "a.b"}} {
		attributes := all.AppendEmpty().Attributes()
		for _, key := range keys {
			attributes.PutStr(key, key)
		}
	}
	e.mustConsume(t, md)
	assert.Equal(t, []string{`m{a_b="0;a.b;a_b"} 0`}, samples(t, h))
}

func TestOpenMetrics(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) { c.EnableOpenMetrics, c.SendTimestamps = true, true })
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	add := func(name, unit string) pmetric.Metric {
		m := metrics.AppendEmpty()
		m.SetName(name)
		m.SetUnit(unit)
		m.SetDescription("Say \"what\".")
		return m
	}
	sum := add("work", "s").SetEmptySum()
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	sum.SetIsMonotonic(true)
	sum.DataPoints().AppendEmpty().SetTimestamp(pcommon.Timestamp(1_700_000_000_123_456_789))
	h1 := add("size", "By").SetEmptyHistogram()
	h1.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	h1.DataPoints().AppendEmpty().ExplicitBounds().FromRaw([]float64{5})
	add("things", "{things}").SetEmptyGauge().DataPoints().AppendEmpty().SetDoubleValue(0.5)
	e.mustConsume(t, md)
	open := pull(t, h, "Accept", "application/openmetrics-text; version=1.0.0")
	assert.Equal(t, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores", open.header.Get("Content-Type"))
	assert.Equal(t, strings.TrimPrefix(`
# HELP size_bytes Say \"what\".
# TYPE size_bytes histogram
# UNIT size_bytes bytes
size_bytes_bucket{le="5.0"} 0
size_bytes_bucket{le="+Inf"} 0
size_bytes_sum 0
size_bytes_count 0
# HELP things Say \"what\".
# TYPE things gauge
things 0.5
# HELP work_seconds Say \"what\".
# TYPE work_seconds counter
# UNIT work_seconds seconds
work_seconds_total 0 1700000000.123
# EOF
`, "\n"), open.page)
	assert.Contains(t, page004(t, h), "# TYPE work_seconds_total counter\nwork_seconds_total 0 1700000000123\n")
}

// OpenMetrics names a counter without its suffix. That may be another family's name.
func TestOpenMetricsHasFamiliesOnce(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) { c.EnableOpenMetrics = true })
	md := gauges(1, "foo", map[string]int64{"g": 1})
	m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty()
	m.SetName("foo")
	sum := m.SetEmptySum()
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	sum.SetIsMonotonic(true)
	sum.DataPoints().AppendEmpty().SetIntValue(2)
	e.mustConsume(t, md)
	open := pull(t, h, "Accept", "application/openmetrics-text; version=1.0.0").page
	assert.Contains(t, open, "# TYPE foo gauge\nfoo{group=\"g\"} 1\n")
	assert.Contains(t, open, "# TYPE foo_total unknown\nfoo_total 2\n")
	assert.Contains(t, page004(t, h), "# TYPE foo_total counter\nfoo_total 2\n")
}
