// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"unicode/utf8"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// member is what a broker says of a group's member, valid while its answer is read.
type member struct {
	client, host, instance []byte
	kept                   *cluster.Member
}

// memberMemory is how many bytes of memory a member costs beside its texts.
const memberMemory = 64

// keep returns a copy of m that outlives the answer: of all partitions the same.
func (m *member) keep(r *wire.Reader) *cluster.Member {
	if m.kept == nil && r.Spend(memberMemory) {
		m.kept = &cluster.Member{
			ClientID:   r.Keep(clipped(m.client)),
			Host:       r.Keep(clipped(m.host)),
			InstanceID: r.Keep(clipped(m.instance)),
		}
	}
	return m.kept
}

// maxMemberText is how many bytes of a text are kept that a member chooses freely and
// each of its partitions repeats.
const maxMemberText = 255

// clipped is the beginning of a text that is too long.
func clipped(text []byte) []byte {
	if len(text) <= maxMemberText {
		return text
	}
	end := maxMemberText
	for end > maxMemberText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
