// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"crypto/rand"
	"encoding/json"
)

// message is the value of a record. It is text, for whoever looks into the topic.
type message struct {
	// Probe is who wrote it: another one with each process, and for each broker.
	Probe     string `json:"probe"`
	Partition int32  `json:"partition"`
	Sequence  int64  `json:"sequence"`
	Sent      int64  `json:"sent_unix_ms"`
}

// maxMessage is more bytes than any message takes.
const maxMessage = 256

func newLaneID() string { return rand.Text() }

func (m message) encode() []byte {
	text, _ := json.Marshal(m) // text and numbers cannot fail
	return text
}

// decodeMessage reads a record's value, which anybody may have written.
func decodeMessage(value string) (message, bool) {
	var m message
	if len(value) > maxMessage {
		return m, false
	}
	err := json.Unmarshal([]byte(value), &m)
	return m, err == nil
}
