// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package pagediff

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// The differences that the exporter's README lists, each seen in both pages.
func TestDifferences(t *testing.T) {
	for name, d := range map[string]struct {
		keys         map[string]any
		make         func(pmetric.ResourceMetrics)
		theirs, ours []string
	}{
		"delta": {
			make: func(rm pmetric.ResourceMetrics) {
				sum := metric(rm, "d").SetEmptySum()
				sum.SetIsMonotonic(true)
				sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
				sum.DataPoints().AppendEmpty().SetIntValue(1)
			},
			theirs: []string{"d_total 1"},
		},
		"no temporality": {
			make:   func(rm pmetric.ResourceMetrics) { metric(rm, "h").SetEmptyHistogram().DataPoints().AppendEmpty() },
			theirs: []string{"h_bucket{le=\"+Inf\"} 0", "h_count 0", "h_sum 0"},
		},
		"value not UTF-8": {
			make: func(rm pmetric.ResourceMetrics) { gauge(rm, "a", "x\xff") },
			ours: []string{"m{a=\"x\ufffd\"} 1"},
		},
		"name not UTF-8": {
			keys: map[string]any{"translation_strategy": "NoTranslation"},
			make: func(rm pmetric.ResourceMetrics) {
				metric(rm, "m\xff").SetEmptyGauge().DataPoints().AppendEmpty()
			},
			ours: []string{"m_ 0"},
		},
		"attributes that become one label": {
			make: func(rm pmetric.ResourceMetrics) { gauge(rm, "a.b", "1", "a-b", "2") },
			ours: []string{"m{a_b=\"2;1\"} 1"},
		},
		"bound +Inf": {
			make: func(rm pmetric.ResourceMetrics) {
				p := histogram(rm)
				p.ExplicitBounds().FromRaw([]float64{1, math.Inf(1)})
				p.BucketCounts().FromRaw([]uint64{1, 2, 3})
			},
			theirs: []string{"h_bucket{le=\"+Inf\"} 3", "h_bucket{le=\"1\"} 1", "h_count 6", "h_sum 0"},
			ours:   []string{"h_bucket{le=\"+Inf\"} 6", "h_bucket{le=\"1\"} 1", "h_count 6", "h_sum 0"},
		},
		"no time": {
			keys:   map[string]any{"send_timestamps": true},
			make:   func(rm pmetric.ResourceMetrics) { gauge(rm) },
			theirs: []string{"m 1 at 0"},
			ours:   []string{"m 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			keys := map[string]any{"without_scope_info": true}
			maps.Copy(keys, d.keys)
			ours, theirs := both(t, keys)
			md := pmetric.NewMetrics()
			d.make(md.ResourceMetrics().AppendEmpty())
			ours.send(t, md)
			theirs.send(t, md)
			assert.Equal(t, d.theirs, theirs.read(t, "text/plain").lines())
			assert.Equal(t, d.ours, ours.read(t, "text/plain").lines())
		})
	}
}

// Contrib leaves out all of target_info where one resource has an attribute that
// cannot be a label. Ours leaves out that resource's.
func TestTargetInfoOfOtherResources(t *testing.T) {
	ours, theirs := both(t, map[string]any{"without_scope_info": true})
	md := pmetric.NewMetrics()
	for _, instance := range []string{"good", "bad"} {
		rm := md.ResourceMetrics().AppendEmpty()
		rm.Resource().Attributes().PutStr("service.name", "s")
		rm.Resource().Attributes().PutStr("service.instance.id", instance)
		if instance == "bad" {
			rm.Resource().Attributes().PutStr("", "x")
		}
		gauge(rm)
	}
	ours.send(t, md)
	theirs.send(t, md)
	info := func(c content) []string {
		return slices.DeleteFunc(c.lines(), func(line string) bool { return !strings.HasPrefix(line, "target_info") })
	}
	assert.Empty(t, info(theirs.read(t, "text/plain")))
	assert.Equal(t, []string{`target_info{instance="good",job="s"} 1`}, info(ours.read(t, "text/plain")))
}

// Contrib writes a histogram's own label le beside that of the bucket, which
// fails the whole page. Ours leaves the series out.
func TestOwnLabelOfHistogram(t *testing.T) {
	ours, theirs := both(t, map[string]any{"without_scope_info": true})
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	histogram(rm).Attributes().PutStr("le", "x")
	gauge(rm)
	ours.send(t, md)
	theirs.send(t, md)
	page, _ := theirs.pull(t, "text/plain")
	assert.Contains(t, page, `h_bucket{le="x",le="+Inf"} 6`)
	assert.Equal(t, []string{"m 1"}, ours.read(t, "text/plain").lines())
}

// Contrib writes a label that must be escaped and is __name__ then, which fails the whole
// page. Ours leaves the series out.
func TestEscapedNameOfMetric(t *testing.T) {
	ours, theirs := both(t, map[string]any{"without_scope_info": true, "translation_strategy": "NoTranslation"})
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	gauge(rm)
	metric(rm, "odd").SetEmptyGauge().DataPoints().AppendEmpty().Attributes().PutStr("..name..", "v")
	ours.send(t, md)
	theirs.send(t, md)
	page, _ := theirs.pull(t, "text/plain;version=0.0.4;escaping=underscores")
	assert.Contains(t, page, `odd{__name__="v"} 0`)
	assert.Equal(t, []string{"m 1"}, ours.read(t, "text/plain;version=0.0.4;escaping=underscores").lines())
}

// lines is the samples in order.
func (c content) lines() []string {
	var lines []string
	for series, value := range c.Samples {
		lines = append(lines, series+" "+value)
	}
	slices.Sort(lines)
	return lines
}

func metric(rm pmetric.ResourceMetrics, name string) pmetric.Metric {
	m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(name)
	return m
}

// gauge adds a gauge m of 1 with attributes, names and values in turn.
func gauge(rm pmetric.ResourceMetrics, attributes ...string) {
	p := metric(rm, "m").SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetIntValue(1)
	for i := 0; i < len(attributes); i += 2 {
		p.Attributes().PutStr(attributes[i], attributes[i+1])
	}
}

func histogram(rm pmetric.ResourceMetrics) pmetric.HistogramDataPoint {
	h := metric(rm, "h").SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := h.DataPoints().AppendEmpty()
	p.SetCount(6)
	return p
}
