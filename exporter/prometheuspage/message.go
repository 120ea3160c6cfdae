// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

// message is the parts of one message, in its order.
type message []partOf

// partOf is a part, and the origin that sent it.
type partOf struct {
	id string
	*part
}

// add adds a part. What an origin sends of one scrape may be in many resource
// metrics, as the receiver of this repository does it: it becomes one part, so
// that a page shows all of it or nothing yet.
func (m *message) add(id string, p *part) {
	for _, known := range *m {
		if known.id == id && known.at == p.at {
			known.join(p)
			return
		}
	}
	*m = append(*m, partOf{id, p})
}
