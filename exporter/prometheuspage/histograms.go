// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func (r *renderer) histograms(m pmetric.Metric, points pmetric.HistogramDataPointSlice) {
	for i := points.Len() - 1; i >= 0; i-- {
		p := points.At(i)
		if !r.point(m, p.Attributes(), p.Flags(), p.Timestamp()) {
			continue
		}
		lines := int32(3) // the last bucket, sum and count
		for _, b := range bucketsOf(p) {
			r.bound(r.name.bucket, model.BucketLabel, b.bound)
			r.count(b.count, p.Timestamp())
			lines++
		}
		r.bound(r.name.bucket, model.BucketLabel, math.Inf(1))
		r.count(p.Count(), p.Timestamp())
		r.sumAndCount(p.Sum(), p.Count(), p.Timestamp())
		r.block.lines = append(r.block.lines, lines)
	}
}

func (r *renderer) summaries(m pmetric.Metric, points pmetric.SummaryDataPointSlice) {
	for i := points.Len() - 1; i >= 0; i-- {
		p := points.At(i)
		if !r.point(m, p.Attributes(), p.Flags(), p.Timestamp()) {
			continue
		}
		lines := int32(2) // sum and count
		for _, q := range quantilesOf(p) {
			r.bound(r.name.plain, model.QuantileLabel, q.Quantile())
			r.w.text = append(r.w.text, ' ')
			r.w.text = appendFloat(r.w.text, q.Value())
			r.endLine(p.Timestamp())
			lines++
		}
		r.sumAndCount(p.Sum(), p.Count(), p.Timestamp())
		r.block.lines = append(r.block.lines, lines)
	}
}

// sumAndCount writes the lines of a histogram or a summary that are not bounds.
func (r *renderer) sumAndCount(sum float64, count uint64, at pcommon.Timestamp) {
	r.sample(r.name.sum)
	r.w.text = appendFloat(r.w.text, sum)
	r.endLine(at)
	r.sample(r.name.count)
	r.w.text = strconv.AppendUint(r.w.text, count, 10)
	r.endLine(at)
}

// bound writes a name and its labels, with one more: le or quantile.
func (r *renderer) bound(name, key string, value float64) {
	r.w.text = append(r.w.text, name...)
	r.w.text = append(r.w.text, r.labels...)
	if r.name.quoted || len(r.labels) > 0 {
		r.w.text = append(r.w.text, ',')
	} else {
		r.w.text = append(r.w.text, '{')
	}
	r.w.text = openLabel(r.w.text, key)
	r.w.text = appendShortest(r.w.text, value)
	r.w.text = append(r.w.text, `"}`...)
}

func (r *renderer) count(n uint64, at pcommon.Timestamp) {
	r.w.text = append(r.w.text, ' ')
	r.w.text = strconv.AppendUint(r.w.text, n, 10)
	r.endLine(at)
}

type bucket struct {
	bound float64
	count uint64
}

// bucketsOf lists a histogram's buckets but for the last, which has no bound,
// with the sums of their counts.
func bucketsOf(p pmetric.HistogramDataPoint) []bucket {
	bounds, counts := p.ExplicitBounds(), p.BucketCounts()
	buckets := make([]bucket, 0, bounds.Len())
	for i := range bounds.Len() {
		if bound := bounds.At(i); !math.IsNaN(bound) && !math.IsInf(bound, 1) {
			b := bucket{bound: bound}
			if i < counts.Len() {
				b.count = counts.At(i)
			}
			buckets = append(buckets, b)
		}
	}
	slices.SortStableFunc(buckets, func(a, b bucket) int { return cmp.Compare(a.bound, b.bound) })
	buckets = slices.CompactFunc(buckets, func(a, b bucket) bool { return a.bound == b.bound })
	for i := 1; i < len(buckets); i++ {
		buckets[i].count += buckets[i-1].count
	}
	return buckets
}

// quantilesOf lists a summary's quantiles in order, of equal ones the last.
func quantilesOf(p pmetric.SummaryDataPoint) []pmetric.SummaryDataPointValueAtQuantile {
	values := p.QuantileValues()
	quantiles := make([]pmetric.SummaryDataPointValueAtQuantile, 0, values.Len())
	for i := values.Len() - 1; i >= 0; i-- {
		if !math.IsNaN(values.At(i).Quantile()) {
			quantiles = append(quantiles, values.At(i))
		}
	}
	slices.SortStableFunc(quantiles, func(a, b pmetric.SummaryDataPointValueAtQuantile) int {
		return cmp.Compare(a.Quantile(), b.Quantile())
	})
	return slices.CompactFunc(quantiles, func(a, b pmetric.SummaryDataPointValueAtQuantile) bool {
		return a.Quantile() == b.Quantile()
	})
}
