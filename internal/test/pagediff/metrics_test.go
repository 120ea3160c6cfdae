// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package pagediff

import (
	"fmt"
	"math"
	"math/rand/v2"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// maker makes metrics of every kind at random: everything that both exporters
// are to show alike, and names and values as odd as they come.
type maker struct{ *rand.Rand }

var (
	names = []string{
		"m", "http.server.duration", "1digit", "ünï.code", "with space", "a__b", "a.b.total", "x_seconds", "colon:name",
		"quo\"ted", "new\nline", "back\\slash", "ratio", "bytes.in", "_under", "日本",
	}
	units  = []string{"", "1", "s", "ms", "By", "{things}", "By/s", "%", "m/s", "{a}/s", "odd unit", "KiBy"}
	keys   = []string{"a", "b.c", "d e", "ünï", "1st", "x-y", "_z", "q\"q", "n\nl", unnamed, "host.name", "__reserved"}
	values = []string{"", "plain", "quo\"te", "new\nline", "back\\slash", "ünï", "日本", "{}", "a=\"b\",", "\\n", " "}
	floats = []float64{
		0, 1, -1, 0.1, 1e6, 1234567, 1e20, 1e21, 1e-9, -2.5, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64,
		math.SmallestNonzeroFloat64, 1 << 53,
	}
)

// unnamed is a name of which nothing is left where it must be a classic one.
const unnamed = "日本"

func pick[T any](m maker, of []T) T { return of[m.IntN(len(of))] }

// metrics makes a message of several resources and scopes. Resources are of one
// target each, and every metric has a name of its own.
func (m maker) metrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	n := 0
	for r := range 1 + m.IntN(3) {
		rm := md.ResourceMetrics().AppendEmpty()
		resource := rm.Resource().Attributes()
		if m.IntN(4) > 0 {
			resource.PutStr("service.name", pick(m, values[1:]))
		}
		if m.IntN(3) == 0 {
			resource.PutStr("service.namespace", "space")
		}
		resource.PutStr("service.instance.id", fmt.Sprint("instance-", r))
		m.attributes(resource)
		resource.Remove(unnamed) // contrib shows no target_info at all where one has no name
		for s := range 1 + m.IntN(2) {
			sm := rm.ScopeMetrics().AppendEmpty()
			sm.Scope().SetName(fmt.Sprint("scope-", s))
			sm.Scope().SetVersion(pick(m, []string{"", "v1"}))
			sm.SetSchemaUrl(pick(m, []string{"", "https://example.com/schema"}))
			m.attributes(sm.Scope().Attributes())
			for range m.IntN(8) {
				n++
				m.metric(sm.Metrics().AppendEmpty(), n)
			}
		}
	}
	return md
}

// attributes adds some, the names of which stay apart however they are escaped.
func (m maker) attributes(to pcommon.Map) {
	for _, i := range m.Perm(len(keys))[:m.IntN(4)] {
		if keys[i] == "__reserved" && m.IntN(4) > 0 {
			continue
		}
		switch m.IntN(6) {
		case 0:
			to.PutInt(keys[i], m.Int64()-m.Int64())
		case 1:
			to.PutDouble(keys[i], pick(m, floats[:10]))
		case 2:
			to.PutBool(keys[i], m.IntN(2) == 0)
		case 3:
			to.PutEmptySlice(keys[i]).AppendEmpty().SetStr(pick(m, values))
		default:
			to.PutStr(keys[i], pick(m, values))
		}
	}
}

func (m maker) metric(metric pmetric.Metric, n int) {
	metric.SetName(fmt.Sprintf("%s.n%d", pick(m, names), n))
	metric.SetUnit(pick(m, units))
	metric.SetDescription(pick(m, values))
	switch m.IntN(5) {
	case 0:
		m.numbers(metric.SetEmptyGauge().DataPoints())
		if m.IntN(3) == 0 { // what contrib's receiver says of pages without types, and neither exporter shows
			metric.Metadata().PutStr("prometheus.type", "unknown")
		}
	case 1, 2:
		sum := metric.SetEmptySum()
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		sum.SetIsMonotonic(m.IntN(2) == 0)
		m.numbers(sum.DataPoints())
	case 3:
		h := metric.SetEmptyHistogram()
		h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		for i := range 1 + m.IntN(3) {
			m.histogram(h.DataPoints().AppendEmpty(), i)
		}
	case 4:
		s := metric.SetEmptySummary()
		for i := range 1 + m.IntN(3) {
			m.summary(s.DataPoints().AppendEmpty(), i)
		}
	}
}

const at = pcommon.Timestamp(1_700_000_000_123_456_789)

func (m maker) numbers(points pmetric.NumberDataPointSlice) {
	for i := range 1 + m.IntN(4) {
		p := points.AppendEmpty()
		p.SetTimestamp(at)
		if m.IntN(2) == 0 {
			p.SetIntValue(m.Int64N(1<<60) - 1<<59)
		} else {
			p.SetDoubleValue(pick(m, floats))
		}
		m.attributes(p.Attributes())
		p.Attributes().PutInt("i", int64(i))
	}
}

func (m maker) histogram(p pmetric.HistogramDataPoint, i int) {
	p.SetTimestamp(at)
	m.attributes(p.Attributes())
	p.Attributes().PutInt("i", int64(i))
	bounds := [][]float64{{}, {1, 2.5, 10}, {0.005, 1e6, 1e21}, {5, 5, 1}}
	p.ExplicitBounds().FromRaw(pick(m, bounds))
	total := uint64(0)
	for range p.ExplicitBounds().Len() + 1 {
		n := m.Uint64N(1000)
		p.BucketCounts().Append(n)
		total += n
	}
	p.SetCount(total)
	if m.IntN(3) > 0 {
		p.SetSum(pick(m, floats[:10]))
	}
}

func (m maker) summary(p pmetric.SummaryDataPoint, i int) {
	p.SetTimestamp(at)
	m.attributes(p.Attributes())
	p.Attributes().PutInt("i", int64(i))
	for _, q := range pick(m, [][]float64{{}, {0.5, 0.99}, {1, 0, 0.5}}) {
		v := p.QuantileValues().AppendEmpty()
		v.SetQuantile(q)
		v.SetValue(pick(m, floats))
	}
	p.SetCount(m.Uint64N(1 << 40))
	p.SetSum(pick(m, floats[:10]))
}
