// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"math"
	"strconv"
	"strings"
)

// maxExact bounds the whole numbers that are written without an exponent: each
// of them is a float64 of its own.
const maxExact = 1 << 53

// appendFloat writes a sample's value. Whole numbers, which most are, take the
// fast way of integers.
func appendFloat(dst []byte, v float64) []byte {
	if math.Abs(v) < maxExact && v == math.Trunc(v) {
		return strconv.AppendInt(dst, int64(v), 10)
	}
	return appendShortest(dst, v)
}

// appendShortest writes a number as Prometheus' libraries do. It becomes part
// of a label's value, le or quantile, where 1e+06 and 1000000 are two.
func appendShortest(dst []byte, v float64) []byte {
	switch {
	case math.IsInf(v, 1):
		return append(dst, "+Inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-Inf"...)
	default:
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
}

// openMetricsBound is a value of le or quantile as OpenMetrics has it: never
// without a point.
func openMetricsBound(v string) string {
	if strings.ContainsAny(v, ".eIN") {
		return v
	}
	return v + ".0"
}
