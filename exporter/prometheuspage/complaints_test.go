// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestComplaintsAreRepeatedOnceInAWhile(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	c := newComplaints(zap.New(core))
	now := time.Now()
	c.now = func() time.Time { return now }
	for range 3 {
		c.about("odd", "a")
		c.about("odd", "b")
	}
	assert.Equal(t, 2, logs.Len())
	now = now.Add(repeat)
	c.about("odd", "a")
	assert.Equal(t, 3, logs.Len())
	for i := range 2 * maxComplaints {
		c.about("odd", fmt.Sprint(i))
	}
	assert.Len(t, c.logged, maxComplaints)
	assert.Equal(t, 1, logs.FilterMessageSnippet("more is wrong").Len())
	now = now.Add(repeat)
	c.about("odd", "new")
	assert.Len(t, c.logged, 1, "old ones make room")
}

// Names are the sender's: what is remembered and logged of them is bounded.
func TestLongComplaintsAreCut(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	c := newComplaints(zap.New(core))
	long := "a" + strings.Repeat("ö", maxComplaint)
	c.about(long, long)
	c.about(long+"b", long+"b")
	want := "a" + strings.Repeat("ö", maxComplaint/2-1) + "…"
	assert.Equal(t, []string{want + ": " + want}, messages(logs))
	assert.Len(t, c.logged, 1)
	for key := range c.logged {
		assert.Less(t, len(key), 3*maxComplaint)
	}
	assert.Len(t, cut(strings.Repeat("\xbf", 2*maxComplaint)), maxComplaint-utf8.UTFMax+len("…"), "no rune begins there")
}

// Of what a family is, the first metric of a message decides that shows anything, be the others in
// the same resource metrics or not.
func TestOtherTypeInOneMessageIsSaid(t *testing.T) {
	addSummary := func(metrics pmetric.MetricSlice) {
		m := metrics.AppendEmpty()
		m.SetName("lag")
		m.SetEmptySummary().DataPoints().AppendEmpty().SetTimestamp(1)
	}
	for name, add := range map[string]func(pmetric.Metrics){
		"same resource metrics": func(md pmetric.Metrics) {
			addSummary(md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics())
		},
		"others": func(md pmetric.Metrics) {
			addSummary(md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics())
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, h := newTestExporter(t, nil)
			logs := watchLog(e)
			md := gauges(1, "lag", map[string]int64{"a": 1})
			add(md)
			e.mustConsume(t, md)
			assert.Equal(t, []string{`lag{group="a"} 1`}, samples(t, h))
			assert.Equal(t, []string{"left out samples of another type than the first has: lag"}, messages(logs))
		})
	}
}

// A metric that only says that series are gone does not decide.
func TestRemovalsInOneMessageDoNotDecide(t *testing.T) {
	summary := func() pmetric.Metrics {
		md := gauges(1, "lag", nil)
		md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetEmptySummary().DataPoints().AppendEmpty().SetTimestamp(1)
		return md
	}
	gone := func() pmetric.Metrics { return removing(1, map[string]int64{"a": 0}) }
	for name, both := range map[string][2]pmetric.Metrics{"removals first": {gone(), summary()}, "removals last": {summary(), gone()}} {
		for where, join := range map[string]func(first, second pmetric.Metrics){
			"same resource metrics": func(first, second pmetric.Metrics) {
				second.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().MoveAndAppendTo(
					first.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics())
			},
			"others": func(first, second pmetric.Metrics) { second.ResourceMetrics().MoveAndAppendTo(first.ResourceMetrics()) },
		} {
			t.Run(name+", "+where, func(t *testing.T) {
				e, h := newTestExporter(t, nil)
				logs := watchLog(e)
				md, second := pmetric.NewMetrics(), pmetric.NewMetrics()
				both[0].CopyTo(md)
				both[1].CopyTo(second)
				join(md, second)
				e.mustConsume(t, md)
				assert.Equal(t, []string{"lag_sum 0", "lag_count 0"}, samples(t, h))
				assert.Zero(t, logs.Len())
			})
		}
	}
}

// What a message says to be gone is gone, whatever comes of other types in it.
func TestRemovalsStayBesideOtherTypes(t *testing.T) {
	summary := gauges(1, "lag", nil)
	summary.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetEmptySummary().DataPoints().AppendEmpty().SetTimestamp(1)
	for name, alone := range map[string]bool{"same resource metrics": false, "others": true} {
		t.Run(name, func(t *testing.T) {
			e, h := newTestExporter(t, nil)
			md := gauges(1, "lag", map[string]int64{"g": 1, "h": 1})
			for _, next := range []pmetric.Metrics{removing(1, map[string]int64{"g": 0}), summary} {
				one := pmetric.NewMetrics()
				next.CopyTo(one)
				if alone {
					one.ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
					continue
				}
				one.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().MoveAndAppendTo(
					md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics())
			}
			e.mustConsume(t, md)
			assert.Equal(t, []string{`lag{group="h"} 1`}, samples(t, h))
		})
	}
}

// What a page cannot show is left out with one line for each reason.
func TestWhatIsLeftOutIsSaid(t *testing.T) {
	e, h := newTestExporter(t, nil)
	logs := watchLog(e)
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	add := func(name string) pmetric.Metric {
		m := metrics.AppendEmpty()
		m.SetName(name)
		return m
	}
	add("exponential").SetEmptyExponentialHistogram().DataPoints().AppendEmpty()
	delta := add("delta").SetEmptySum()
	delta.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	delta.DataPoints().AppendEmpty()
	add("unspecified").SetEmptyHistogram().DataPoints().AppendEmpty()
	add("%%").SetEmptyGauge().DataPoints().AppendEmpty()
	add("reserved").SetEmptyGauge().DataPoints().AppendEmpty().Attributes().PutStr("__name__", "x")
	add("no.name").SetEmptyGauge().DataPoints().AppendEmpty().Attributes().PutStr("", "x")
	add("quantile").SetEmptySummary().DataPoints().AppendEmpty().Attributes().PutStr("quantile", "x")
	add("kept").SetEmptyGauge().DataPoints().AppendEmpty().Attributes().PutStr("quantile", "x")
	e.mustConsume(t, md)
	e.mustConsume(t, md)
	assert.Equal(t, []string{`kept{quantile="x"} 0`}, samples(t, h))
	assert.ElementsMatch(t, []string{
		errExponential.Error() + ": exponential",
		errNotCumulative.Error() + ": delta",
		`left out metrics whose names cannot be translated: normalization for metric "%%" resulted in empty name: %%`,
		"left out series with labels that Prometheus does not take: " + errReservedLabel.Error() + ": reserved",
		"left out series with labels that Prometheus does not take: label name is empty: no.name",
		"left out series with labels that Prometheus does not take: " + errOwnLabel.Error() + ": quantile",
	}, messages(logs))
}
