// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// renderer writes the points of a message as text. It reads everything backwards:
// of two points of one series the later counts, and the first to be read stays.
type renderer struct {
	t       *translation
	lost    losses
	o       *origin
	layouts layouts
	block   *block
	w       blockWriter
	taken   keySet
	at      pcommon.Timestamp // the newest of the message; 0: its points lack a time
	now     pcommon.Timestamp // what counts for points that lack one

	name   metricName
	keys   []string        // of the point at hand
	values []pcommon.Value // likewise
	labels []byte          // likewise, written
}

// render writes what a message says of an origin. Nothing of the message is kept.
func (r *renderer) render(o *origin, metrics pmetric.MetricSlice, now time.Time) *part {
	r.o, r.at, r.now = o, 0, pcommon.NewTimestampFromTime(now)
	defer r.forget()
	p := &part{arrived: now, families: map[familyKey]*family{}, metrics: metrics.Len()}
	for i := metrics.Len() - 1; i >= 0; i-- {
		r.metric(p, metrics.At(i), i)
	}
	if !p.empty() {
		r.targetInfo(p)
	}
	p.at = r.timeOr(r.at)
	return p
}

// timeOr is the time of a point, or when it arrived where it has none.
func (r *renderer) timeOr(at pcommon.Timestamp) pcommon.Timestamp {
	if at == 0 {
		return r.now
	}
	return at
}

// forget lets go of the message.
func (r *renderer) forget() {
	r.o, r.block, r.layouts = nil, nil, layouts{}
	clear(r.keys[:cap(r.keys)])
	clear(r.values[:cap(r.values)])
}

// metric writes one metric into the part, and where the message has it.
func (r *renderer) metric(p *part, m pmetric.Metric, position int) {
	kind, points, ok := r.pointsOf(m)
	if !ok {
		return
	}
	f, err := r.t.family(m, kind)
	if err != nil {
		r.lost.add(fmt.Errorf("left out metrics whose names cannot be translated: %w", err), m.Name())
		return
	}
	f.position = position
	r.begin(f, points)
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		r.numbers(m, m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		r.numbers(m, m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		r.histograms(m, m.Histogram().DataPoints())
	case pmetric.MetricTypeSummary:
		r.summaries(m, m.Summary().DataPoints())
	}
	r.end(p, f)
}

// pointsOf is what kind of family a metric is and how many points it has, unless
// it has none or is one that a page cannot show.
func (r *renderer) pointsOf(m pmetric.Metric) (k kind, points int, ok bool) {
	temporality := pmetric.AggregationTemporalityCumulative
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		points = m.Gauge().DataPoints().Len()
	case pmetric.MetricTypeSum:
		points, temporality = m.Sum().DataPoints().Len(), m.Sum().AggregationTemporality()
		if m.Sum().IsMonotonic() {
			k = counter
		}
	case pmetric.MetricTypeHistogram:
		k, points, temporality = histogram, m.Histogram().DataPoints().Len(), m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeSummary:
		k, points = summary, m.Summary().DataPoints().Len()
	case pmetric.MetricTypeExponentialHistogram:
		r.lost.add(errExponential, m.Name())
		return 0, 0, false
	}
	if temporality != pmetric.AggregationTemporalityCumulative {
		r.lost.add(errNotCumulative, m.Name())
		return 0, 0, false
	}
	return k, points, points > 0
}

// begin starts a block.
func (r *renderer) begin(f *family, points int) {
	r.name = newMetricName(f.name)
	r.block = &block{
		series:      make([]uint64, 0, points),
		legacyNames: !r.name.quoted,
		sameInOpen:  !r.t.timestamps && (f.kind == gauge || f.kind == counter),
	}
	if f.kind == histogram || f.kind == summary {
		r.block.lines = make([]int32, 0, points)
	}
}

// end puts the block into its family.
func (r *renderer) end(p *part, f *family) {
	b := r.block
	r.w.finish(b)
	if len(b.series) == 0 && len(b.removed) == 0 {
		return
	}
	if dropped := r.taken.repeated(b); dropped != nil {
		b = r.w.without(b, dropped)
	}
	p.put(f, b)
}

// point writes the labels of a point and reports whether its lines are to follow.
func (r *renderer) point(m pmetric.Metric, attributes pcommon.Map, flags pmetric.DataPointFlags, at pcommon.Timestamp) bool {
	r.at = max(r.at, at)
	r.keys, r.values = r.keys[:0], r.values[:0]
	for key, value := range attributes.All() {
		r.keys, r.values = append(r.keys, key), append(r.values, value)
	}
	l := r.layouts.of(r.t, r.o, r.keys, r.name.quoted)
	if err := l.errFor(m.Type()); err != nil {
		r.lost.add(fmt.Errorf("left out series with labels that Prometheus does not take: %w", err), m.Name())
		return false
	}
	r.labels = l.append(r.labels[:0], r.values)
	key := keyOf(r.labels)
	if flags.NoRecordedValue() {
		r.block.remove(key, r.timeOr(at))
		return false
	}
	r.block.add(key, r.timeOr(at))
	r.block.legacyNames = r.block.legacyNames && l.legacyNames
	return true
}

func (r *renderer) numbers(m pmetric.Metric, points pmetric.NumberDataPointSlice) {
	for i := points.Len() - 1; i >= 0; i-- {
		p := points.At(i)
		if !r.point(m, p.Attributes(), p.Flags(), p.Timestamp()) {
			continue
		}
		r.sample(r.name.plain)
		if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
			r.w.text = strconv.AppendInt(r.w.text, p.IntValue(), 10)
		} else {
			r.w.text = appendFloat(r.w.text, p.DoubleValue())
		}
		r.endLine(p.Timestamp())
	}
}

// sample writes the name and labels of a line, up to its value.
func (r *renderer) sample(name string) {
	r.w.text = append(r.w.text, name...)
	r.w.text = append(r.w.text, r.labels...)
	if r.name.quoted || len(r.labels) > 0 {
		r.w.text = append(r.w.text, '}')
	}
	r.w.text = append(r.w.text, ' ')
}

// endLine writes the time, where it is wanted and known, and ends the line.
func (r *renderer) endLine(at pcommon.Timestamp) {
	if r.t.timestamps && at != 0 {
		r.w.text = append(r.w.text, ' ')
		r.w.text = strconv.AppendUint(r.w.text, uint64(at)/1e6, 10)
	}
	r.w.text = append(r.w.text, '\n')
	r.w.spill()
}

// targetInfo writes the line of the resource, if it says which target it is.
func (r *renderer) targetInfo(p *part) {
	if r.o.job == "" || r.o.instance == "" {
		return
	}
	f := &family{familyKey: familyKey{r.t.targetInfo, gauge}, help: "Target metadata"}
	labels, err := r.o.targetInfo(r.t)
	if err != nil {
		r.lost.add(fmt.Errorf("left out series with labels that Prometheus does not take: %w", err), f.name)
		return
	}
	r.begin(f, 1)
	l := &layout{quoted: r.name.quoted, legacyNames: true}
	l.write(labels)
	for _, label := range labels {
		r.block.legacyNames = r.block.legacyNames && model.LegacyValidation.IsValidLabelName(label.name)
	}
	r.labels = l.append(r.labels[:0], nil)
	// One line for each target, whatever else its resources have.
	r.block.add(keyOf([]byte(r.o.job+"\xff"+r.o.instance)), r.timeOr(r.at))
	r.sample(r.name.plain)
	r.w.text = append(r.w.text, '1', '\n')
	r.end(p, f)
}

// metricName is a metric's name as its lines have it.
type metricName struct {
	plain, bucket, sum, count string
	quoted                    bool
}

func newMetricName(name string) metricName {
	write := func(suffix string) string { return name + suffix }
	quoted := !model.LegacyValidation.IsValidMetricName(name)
	if quoted {
		write = func(suffix string) string { return string(appendQuoted([]byte{'{'}, name+suffix)) }
	}
	return metricName{plain: write(""), bucket: write("_bucket"), sum: write("_sum"), count: write("_count"), quoted: quoted}
}
