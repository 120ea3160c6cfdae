// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
)

var (
	clockSteps = []float64{10, 30, 60, 120, 300, 900, 3600}        // seconds
	ageSteps   = []float64{1, 5, 10, 30, 60, 120, 300, 1800, 3600} // likewise
)

// clock marks up to six full times between two moments in Unix seconds.
func clock(from, to float64) []plot.Tick {
	step := stepOf(clockSteps, (to-from)/6)
	format := "15:04:05"
	if step >= 60 {
		format = "15:04"
	}
	return every(step, from, to, func(at float64) string { return time.Unix(int64(at), 0).UTC().Format(format) })
}

// values marks some four values in the unit.
func values(low, high float64, unit string) []plot.Tick {
	const marks = 4
	write := func(value float64) string { return label(value, unit) }
	if unit == "s" {
		return every(stepOf(ageSteps, (high-low)/marks), low, high, write)
	}
	// 1, 2 or 5 of some power of ten.
	power := math.Pow(10, math.Floor(math.Log10((high-low)/marks)))
	return every(stepOf([]float64{power, 2 * power, 5 * power, 10 * power}, (high-low)/marks), low, high, write)
}

// stepOf is the smallest step that is not below least, or the largest.
func stepOf(steps []float64, least float64) float64 {
	for _, step := range steps {
		if step >= least {
			return step
		}
	}
	return steps[len(steps)-1]
}

// every marks each multiple of step.
func every(step, low, high float64, write func(float64) string) []plot.Tick {
	var ticks []plot.Tick
	for at := math.Ceil(low/step) * step; at <= high; at += step {
		ticks = append(ticks, plot.Tick{Value: at, Label: write(at)})
	}
	return ticks
}

// label writes a value as Grafana does.
func label(value float64, unit string) string {
	switch unit {
	case "s":
		if math.Abs(value) >= 60 {
			return trim(value/60) + " min"
		}
		return trim(value) + " s"
	case "cps", "reqps":
		return trim(value) + "/s"
	}
	if math.Abs(value) >= 1000 {
		return trim(value/1000) + " K"
	}
	return trim(value)
}

// trim writes a number with two digits after the point at most.
func trim(value float64) string {
	return strconv.FormatFloat(math.Round(100*value)/100, 'f', -1, 64)
}
