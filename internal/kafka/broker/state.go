// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// State is what is known of a broker after a scrape.
type State struct {
	ID      int32
	Address string
	// Answered says that it answered a request in the scrape.
	Answered bool
	// Version is Kafka's, where the broker offers exactly the requests of one, "4.4", or
	// more than the newest that is known, "at least 4.4". Otherwise it is empty.
	Version string
	// Failure is why the broker is not asked any more, nil where it is.
	Failure *cluster.Failure
}

// States returns the state of each broker of the cluster, by id.
func (p *Pool) States() []State {
	nodes := p.Brokers()
	states := make([]State, len(nodes))
	for i, n := range nodes {
		states[i] = n.state()
	}
	return states
}

func (n *Node) state() State {
	n.mu.Lock()
	down, s := n.down, State{ID: n.ID, Address: n.address, Answered: n.answered.After(n.begun)}
	if len(n.idle) > 0 {
		s.Version = versionOf(n.idle[0].dialer.conn.opening.versions)
	}
	n.mu.Unlock()
	if down != nil {
		s.Failure = new(Failure(n, "", down))
	}
	return s
}

// versionOf tells the version of a broker by what it offers.
func versionOf(offered wire.Versions) string {
	answer := kmsg.NewPtrApiVersionsResponse()
	for key, versions := range offered {
		known := kmsg.NewApiVersionsResponseApiKey()
		known.ApiKey, known.MinVersion, known.MaxVersion = key, versions.Min, versions.Max
		answer.ApiKeys = append(answer.ApiKeys, known)
	}
	guess := kversion.FromApiVersionsResponse(answer).VersionGuess()
	version, ok := strings.CutPrefix(strings.TrimPrefix(guess, "at least "), "v")
	if !ok || len(offered) == 0 {
		return ""
	}
	return strings.TrimSuffix(guess, "v"+version) + version
}
