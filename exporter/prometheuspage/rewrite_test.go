// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Escaping may make two names one. Nothing is on the page twice all the same.
func TestNamesThatEscapingMakesEqual(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy = "NoTranslation" })
	logs := watchLog(e)
	md := gauges(1, "a.b", nil)
	metric := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	for _, labels := range [][2]string{{"l.m", "x"}, {"l-m", "x"}, {"l.m", "y"}} {
		p := metric.Gauge().DataPoints().AppendEmpty()
		p.SetTimestamp(1)
		p.Attributes().PutStr(labels[0], labels[1])
	}
	both := metric.Gauge().DataPoints().AppendEmpty()
	both.Attributes().PutStr("l.m", "1")
	both.Attributes().PutStr("l-m", "2")
	e.mustConsume(t, md)
	e.mustConsume(t, gauges(1, "a-b", map[string]int64{"g": 1}))

	assert.Equal(t, []string{`a_b{group="g"} 1`}, samples(t, h), "the first by name")
	assert.Equal(t, []string{"left out a metric whose name is another's where it must be escaped: a.b"}, messages(logs))
	e, h = newTestExporter(t, func(c *Config) { c.TranslationStrategy = "NoTranslation" })
	e.mustConsume(t, md)
	assert.ElementsMatch(t, []string{`a_b{l_m="2;1"} 0`, `a_b{l_m="x"} 0`, `a_b{l_m="y"} 0`}, samples(t, h))
	quoted := pull(t, h, "Accept", "text/plain;version=1.0.0;escaping=allow-utf-8").page
	assert.Contains(t, quoted, "\n"+`{"a.b","l-m"="2","l.m"="1"} 0`+"\n")
}

// Likewise where only one of two sources has names to escape, and where escaping
// changes the order of labels.
func TestSeriesThatEscapingMakesEqual(t *testing.T) {
	message := func(at pcommon.Timestamp, labels ...string) pmetric.Metrics {
		md := gauges(at, "m", map[string]int64{"g": int64(at)})
		point := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().At(0)
		for _, name := range labels {
			point.Attributes().PutStr(name, name[len(name)-1:])
		}
		return md
	}
	for name, c := range map[string]struct {
		old, newest []string
		want        string
	}{
		"older is escaped":  {[]string{"a.b"}, []string{"a_b"}, `m{a_b="b",group="g"} 2`},
		"newest is escaped": {[]string{"a_b"}, []string{"a.b"}, `m{a_b="b",group="g"} 2`},
		"in another order":  {[]string{"a.b", "a_c"}, []string{"a_b", "a-c"}, `m{a_c="c",a_b="b",group="g"} 2`},
	} {
		t.Run(name, func(t *testing.T) {
			e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy = "NoTranslation" })
			e.mustConsume(t, from("a", message(1, c.old...)))
			e.mustConsume(t, from("b", message(2, c.newest...)))
			assert.Equal(t, []string{c.want}, samples(t, h))
		})
	}
}

// Escaping may make a label's name that of the metric's name, and Prometheus would reject the
// page.
func TestEscapedLabelIsTheMetricsName(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy = "NoTranslation" })
	logs := watchLog(e)
	md := gauges(1, "m", map[string]int64{"stays": 1})
	p := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().AppendEmpty()
	p.Attributes().PutStr("..name..", "v")
	e.mustConsume(t, md)
	assert.Equal(t, []string{`m{group="stays"} 1`}, samples(t, h))
	assert.Equal(t, []string{"left out series with a label whose name, where it must be escaped, is __name__: m"}, messages(logs))
	quoted := pull(t, h, "Accept", "text/plain;version=1.0.0;escaping=allow-utf-8").page
	assert.Contains(t, quoted, `m{"..name.."="v"} 0`)
	assert.Contains(t, pull(t, h, "Accept", "text/plain;version=1.0.0;escaping=values").page, `m{U___2e__2e_name_2e__2e_="v"} 0`)
}

// A label may not have a colon, where a metric may.
func TestColonsInLabels(t *testing.T) {
	for scheme, want := range map[model.EscapingScheme]string{
		model.UnderscoreEscaping:    "a_b_c",
		model.DotsEscaping:          "a_b__c",
		model.ValueEncodingEscaping: "U__a_3a_b__c",
		model.NoEscaping:            "a:b_c",
	} {
		assert.Equal(t, want, escapeLabelName("a:b_c", scheme), scheme)
	}
	for _, name := range []string{"a:b_c", "a:b.c", ":", "a.b"} {
		assert.Equal(t, name, model.UnescapeName(escapeLabelName(name, model.ValueEncodingEscaping), model.ValueEncodingEscaping))
	}
}

// Of series that escaping makes equal the newest is shown, whatever else is in their messages,
// and the others are not counted.
func TestNewestOfSeriesThatEscapingMakesEqual(t *testing.T) {
	type point struct {
		at  pcommon.Timestamp
		key string
	}
	newGauge := func(points ...point) pmetric.Metrics {
		md := gauges(1, "m", nil)
		for _, of := range points {
			p := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().AppendEmpty()
			p.SetTimestamp(of.at)
			p.SetIntValue(int64(of.at))
			p.Attributes().PutStr(of.key, "x")
		}
		return md
	}
	newHistogram := func(of point) pmetric.Metrics {
		md := gauges(1, "h", nil)
		h := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetEmptyHistogram()
		h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		p := h.DataPoints().AppendEmpty()
		p.SetTimestamp(of.at)
		p.SetCount(uint64(of.at))
		p.ExplicitBounds().FromRaw([]float64{float64(of.at)})
		p.Attributes().PutStr(of.key, "x")
		return md
	}
	e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy, c.ExactExpiry = "NoTranslation", false })
	e.mustConsume(t, newGauge(point{10, "a.b"}, point{1000, "z"}, point{20, "c-d"}, point{10, "c.d"}))
	e.mustConsume(t, newGauge(point{20, "a_b"}))
	e.mustConsume(t, newHistogram(point{10, "a.b"}))
	e.mustConsume(t, newHistogram(point{20, "a_b"}))
	assert.ElementsMatch(t, []string{
		`m{a_b="x"} 20`, `m{z="x"} 1000`, `m{c_d="x"} 20`,
		`h_bucket{a_b="x",le="20"} 0`, `h_bucket{a_b="x",le="+Inf"} 20`, `h_sum{a_b="x"} 0`, `h_count{a_b="x"} 20`,
	}, samples(t, h))
	assert.Equal(t, 4, e.pages.pull(t.Context(), form{text, model.UnderscoreEscaping}).series)
}

// That series of one metric are gone says nothing of another one's, whose name escaping makes
// equal.
func TestRemovalIsOfItsOwnName(t *testing.T) {
	join := func(all ...pmetric.Metrics) pmetric.Metrics {
		md := pmetric.NewMetrics()
		sm := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
		for _, one := range all {
			one.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().MoveAndAppendTo(sm.Metrics())
		}
		return md
	}
	gone := func(at pcommon.Timestamp, name string) pmetric.Metrics {
		md := removing(at, map[string]int64{"g": 0})
		md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetName(name)
		return md
	}
	here := func(at pcommon.Timestamp, name string) pmetric.Metrics {
		return gauges(at, name, map[string]int64{"g": 1})
	}
	for name, md := range map[string]pmetric.Metrics{
		"a newer removal":           join(here(1, "a-b"), gone(2, "a.b")),
		"the removal is first":      join(gone(1, "a-b"), here(1, "a.b")),
		"newer, and is first":       join(gone(2, "a-b"), here(1, "a.b")),
		"both, and one is back":     join(gone(1, "a-b"), gone(1, "a.b"), here(1, "a.b")),
		"of another metric's label": join(gone(2, "a.b"), here(1, "a-b")),
	} {
		t.Run(name, func(t *testing.T) {
			e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy = "NoTranslation" })
			e.mustConsume(t, md)
			assert.Equal(t, []string{`a_b{group="g"} 1`}, samples(t, h))
		})
	}
	e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy, c.ExactExpiry = "NoTranslation", false })
	e.mustConsume(t, here(1, "a.b"))
	e.mustConsume(t, join(gone(2, "a-b"), gone(2, "a.b")))
	assert.Empty(t, samples(t, h))
}

// A sender may give a point very many labels, of which any may become one.
func TestManyLabels(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy = "NoTranslation" })
	const many = 10_000
	attributes := map[string]any{}
	for i := range many {
		attributes["a."+strconv.Itoa(i)], attributes["a-"+strconv.Itoa(i)] = "dot", "dash"
	}
	md := gauges(1, "m", map[string]int64{"": 1})
	point := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().At(0)
	require.NoError(t, point.Attributes().FromRaw(attributes))
	e.mustConsume(t, md)
	assert.Equal(t, many, strings.Count(samples(t, h)[0], `="dash;dot"`))
}

// Prometheus stops reading at a NUL byte and rejects the page.
func TestPageHasNoNUL(t *testing.T) {
	e, h := newTestExporter(t, func(c *Config) { c.TranslationStrategy = "NoTranslation" })
	md := gauges(1, "a\x00b", map[string]int64{"g\x00": 1})
	m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	m.Gauge().DataPoints().At(0).Attributes().PutStr("l\x00m", "x")
	e.mustConsume(t, md)
	quoted := pull(t, h, "Accept", "text/plain;version=1.0.0;escaping=allow-utf-8").page
	assert.Equal(t, strings.TrimPrefix(`
# HELP "a?b" About a?b.
# TYPE "a?b" gauge
{"a?b",group="g?","l?m"="x"} 1
`, "\n"), strings.ReplaceAll(quoted, "\ufffd", "?"))
	assert.Equal(t, []string{"a_b{group=\"g\ufffd\",l_m=\"x\"} 1"}, samples(t, h))
}
