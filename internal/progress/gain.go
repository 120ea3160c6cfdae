// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/history"
)

// gain returns how many records per second a group gains on the end: its consume rate
// less the produce rate, both by least squares and without a burst.
//
// Least squares are linear: the difference of both rates is the rate at which the
// lag falls, less what the bursts add to it. So the difference of two large rates
// loses no digits.
func gain(s []history.Sample) float64 {
	mean := meanTime(s)
	var covariance, variance float64
	for _, at := range s {
		t := float64(at.At) - mean
		covariance += t * float64(at.Lag-s[0].Lag)
		variance += t * t
	}
	if variance == 0 {
		return 0
	}
	covariance += burst(s, mean, history.Sample.Committed) - burst(s, mean, history.Sample.End)
	return -covariance / variance * float64(time.Second)
}

func meanTime(s []history.Sample) float64 {
	sum := 0.0
	for _, at := range s {
		sum += float64(at.At)
	}
	return sum / float64(len(s))
}

// burst returns what a burst adds to the covariance of time and offset, 0 if there is
// none. A burst is an interval with more than half of all records beyond those that
// would have come at the rate of the other intervals.
func burst(s []history.Sample, mean float64, offset func(history.Sample) cluster.Offset) float64 {
	last := len(s) - 1
	total := offset(s[last]) - offset(s[0])
	for i := 1; i <= last; i++ {
		came := offset(s[i]) - offset(s[i-1])
		if came <= total/2 {
			continue
		}
		took := float64(s[i].At - s[i-1].At)
		others := float64(total-came) / (float64(s[last].At-s[0].At) - took)
		if excess := float64(came) - others*took; excess > float64(total)/2 {
			return excess * sumAfter(s[i:], mean)
		}
		return 0 // no other interval has more than half
	}
	return 0
}

// sumAfter adds up by how much samples are later than the mean.
func sumAfter(s []history.Sample, mean float64) float64 {
	sum := 0.0
	for _, at := range s {
		sum += float64(at.At) - mean
	}
	return sum
}
