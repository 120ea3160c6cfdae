// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import "go.opentelemetry.io/collector/pdata/pcommon"

// message gathers the parts of one message. Until it is finished, the blocks of
// a part are in the order of the message, so that more can be appended.
type message struct {
	parts []partOf // in its order
	known map[scrape]*part
}

// partOf is a part, and the origin that sent it.
type partOf struct {
	id string
	*part
}

// scrape is what parts have in common that add up.
type scrape struct {
	id string
	at pcommon.Timestamp
}

func newMessage() *message { return &message{known: map[scrape]*part{}} }

// add adds a part. What an origin sends of one scrape may be in many resource
// metrics, as the receiver of this repository does it: it becomes one part, so
// that a page shows all of it or nothing yet.
func (m *message) add(id string, p *part) {
	p.reverse()
	of := scrape{id, p.at}
	if known := m.known[of]; known != nil {
		known.join(p)
		return
	}
	m.known[of] = p
	m.parts = append(m.parts, partOf{id, p})
}

// finish returns the parts, complete.
func (m *message) finish() []partOf {
	for _, p := range m.parts {
		p.reverse()
		p.count()
	}
	return m.parts
}
