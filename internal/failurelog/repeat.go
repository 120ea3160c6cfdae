// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import "time"

// repeatAfter is how long a line is not repeated while its cause lasts.
const repeatAfter = 5 * time.Minute

// saidLately reports whether a line written at that time is too recent to repeat.
func saidLately(at, now time.Time) bool { return now.Sub(at) < repeatAfter }

// maxText is how many bytes a line shows of a text that a peer may choose.
const maxText = 300

// clip cuts a text that is too long, and marks the cut.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText] + "…"
}

func clipped(texts []string) []string {
	short := make([]string, len(texts))
	for i, text := range texts {
		short[i] = clip(text)
	}
	return short
}
