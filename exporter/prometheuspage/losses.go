// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import "errors"

var (
	errExponential   = errors.New("left out exponential histograms, which pages in text cannot show")
	errNotCumulative = errors.New("left out metrics that are not cumulative: have the processor deltatocumulative before this exporter")
)

// losses is what of a message cannot be shown: why, and of each reason one
// metric.
type losses map[string]string

func (l losses) add(why error, metric string) {
	if len(l) < maxReasons {
		l[why.Error()] = metric
	}
}

// maxReasons bounds what one message, or one page, can have logged: a reason quotes names
// out of it. There are as many as the log takes.
const maxReasons = maxComplaints
