// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package coordination decides which of several collectors reports what, so that
// together they report everything once. It does no I/O and takes the time from its
// caller.
//
// The collectors are the members of a Kafka group. Each generation of the group has one
// list of members, and every name belongs to the member that rendezvous hashing gives
// it. A name that passes from one living member to another takes two generations:
//
//   - A member that joins says what it may be reporting, its claim: the list of members
//     by which it last chose its part. It reports nothing outside its claim until the
//     generation is complete.
//   - When it is, every member gets the new list and the claims of all. It reports what
//     is its own by the new list and nobody else's by a claim. The new list becomes its
//     claim.
//   - Where claims kept a member from something, all join once more: now every claim is
//     the same list.
//
// So at any time what a member reports is a part of its claim, and no other member
// reports anything of it: those that have the new list leave it out, and those that do
// not have it yet are held to their own claims, which did not overlap before. Who is not
// in a generation has no session with the coordinator any more, and by its own count
// its session ended earlier: it counts from when it sent what was last acknowledged.
package coordination

import (
	"slices"
)

// Part is what one member reports.
type Part struct {
	self    string
	members ring
	claims  []heldClaim
}

// heldClaim is a list of members by which some of them may still be reporting.
type heldClaim struct {
	members ring
	holders map[string]bool
}

// newPart returns what self reports by an assignment.
func newPart(self string, a *Assignment) *Part {
	p := &Part{self: self, members: newRing(a.Members)}
	for _, c := range a.Claims {
		held := heldClaim{members: newRing(c.Members), holders: map[string]bool{}}
		for _, holder := range c.Holders {
			held.holders[holder] = holder != self
		}
		if !slices.Equal(held.members, p.members) { // else it excludes nothing
			p.claims = append(p.claims, held)
		}
	}
	return p
}

// The kinds of names. A topic and a group of the same name need not have the same
// owner.
const (
	groups  = "group/"
	topics  = "topic/"
	cluster = "cluster/"
)

// OwnsGroup reports whether the group and all about it is reported.
func (p *Part) OwnsGroup(name string) bool { return p.owns(groups, name) }

// OwnsTopic reports whether the topic and its partitions are reported.
func (p *Part) OwnsTopic(name string) bool { return p.owns(topics, name) }

// OwnsCluster reports whether the cluster and its brokers are reported.
func (p *Part) OwnsCluster() bool { return p.owns(cluster, "") }

// Members is how many members share the cluster.
func (p *Part) Members() int { return len(p.members) }

func (p *Part) owns(kind, name string) bool {
	key := hash(hash(offset, kind), name)
	if p.members.owner(key) != p.self {
		return false
	}
	return !slices.ContainsFunc(p.claims, func(c heldClaim) bool { return c.holders[c.members.owner(key)] })
}

// ring is the members among which names are shared, sorted by name, each once.
type ring []place

type place struct {
	name string
	hash uint64
}

func newRing(names []string) ring {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	r := make(ring, len(names))
	for i, name := range names {
		r[i] = place{name, hash(offset, name)}
	}
	return r
}

// owner is the member with the highest weight for a key, empty where there is none. A
// member that comes or goes changes the owner of its own keys alone.
func (r ring) owner(key uint64) string {
	var owner string
	var most uint64
	for i, p := range r {
		if weight := mix(key ^ p.hash); i == 0 || weight > most {
			owner, most = p.name, weight
		}
	}
	return owner
}

// The parameters of FNV-1a. It is written out because all members have to agree on it
// for ever, and a scrape hashes every name.
const (
	offset uint64 = 14695981039346656037
	prime  uint64 = 1099511628211
)

func hash(from uint64, text string) uint64 {
	for i := range len(text) {
		from = (from ^ uint64(text[i])) * prime
	}
	return from
}

// mix spreads the bits, which FNV leaves alike for names that are alike: the last step
// of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
