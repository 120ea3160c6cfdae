// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaerr

// maxText is what a line takes of a text that a peer may choose: a host name may
// have 100 KB.
const maxText = 300

// Clip cuts a text for the log where it is too long, and says so.
func Clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText] + "…"
}
