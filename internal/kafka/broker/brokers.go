// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"cmp"
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Candidates lists the nodes to ask for metadata: first those with a connection, then
// the other brokers, then seeds and brokers that throttle. If all of them are in
// back-off, the back-off ends, because one has to be asked. Of those that refused the
// login only one is asked, because attempts may lock an account; the others are
// returned as spared.
func (p *Pool) Candidates(last *Node) (nodes, spared []*Node) {
	nodes = p.all()
	rank := func(n *Node) int {
		switch {
		case n == last:
			return 3
		case n.ID == cluster.NoBroker, n.rest() > 0:
			return 2
		case n.connected():
			return 0
		}
		return 1
	}
	slices.SortStableFunc(nodes, func(a, b *Node) int { return cmp.Compare(rank(a), rank(b)) })
	seen := map[string]bool{}
	nodes = slices.DeleteFunc(nodes, func(n *Node) bool {
		twice := seen[n.address]
		seen[n.address] = true
		return twice
	})
	if !slices.ContainsFunc(nodes, func(n *Node) bool { return !n.IsDown() }) {
		spared = refusing(nodes)
		clearBackoff(slices.DeleteFunc(slices.Clone(nodes), func(n *Node) bool { return slices.Contains(spared, n) }))
	}
	return nodes, spared
}

// refusing lists the nodes that refused the login, without the first one if none of
// them has been asked in this scrape: that one is asked again.
func refusing(nodes []*Node) []*Node {
	var all []*Node
	tried := false
	for _, n := range nodes {
		refused, now := n.refused()
		tried = tried || now
		if refused {
			all = append(all, n)
		}
	}
	if !tried && len(all) > 0 {
		return all[1:]
	}
	return all
}

// ClearSpared ends the back-off of the spared candidates, after a node has accepted the
// login.
func ClearSpared(spared []*Node) {
	clearBackoff(slices.DeleteFunc(spared, func(n *Node) bool {
		_, now := n.refused()
		return now
	}))
}

func clearBackoff(nodes []*Node) {
	for _, n := range nodes {
		n.clearBackoff()
	}
}

// SetBrokers takes over the brokers of the newest metadata: those that it names
// get a node, others lose theirs with its back-off. The connection of a seed that
// turns out to be one of the brokers moves there.
func (p *Pool) SetBrokers(brokers map[int32]cluster.Broker) {
	p.mu.Lock()
	var gone []*Node
	for id, n := range p.nodes {
		if b, ok := brokers[id]; !ok || b.Address != n.address {
			gone = append(gone, n)
			delete(p.nodes, id)
		}
	}
	byAddress := make(map[string]*Node, len(brokers))
	for id, b := range brokers {
		if p.nodes[id] == nil {
			p.nodes[id] = newNode(p, id, b.Address)
		}
		byAddress[b.Address] = p.nodes[id]
	}
	seeds := p.seeds
	p.mu.Unlock()
	for _, n := range gone {
		n.retire()
	}
	for _, seed := range seeds {
		seed.transferIdle(byAddress[seed.address])
	}
}

// sorted lists the nodes by broker id. The caller holds p.mu.
func (p *Pool) sorted() []*Node {
	nodes := slices.Collect(maps.Values(p.nodes))
	slices.SortFunc(nodes, func(a, b *Node) int { return cmp.Compare(a.ID, b.ID) })
	return nodes
}
