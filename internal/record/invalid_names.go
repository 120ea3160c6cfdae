// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// InvalidNames maps the names that are not valid UTF-8 to valid ones. Apache Kafka's
// brokers have none, but others keep the bytes that clients send, and an OTLP
// receiver refuses a whole message because of one such name. Requests still use the
// original name.
//
// Invalid bytes become U+FFFD. Where that makes two names equal, a hash of the
// original bytes follows. A nil pointer has no names.
type InvalidNames struct {
	// The valid name, by the invalid one. Others are texts that need not be unique.
	groups, topics, dirs, others map[string]string
}

// FindInvalidNames returns the invalid names of a snapshot, or nil, without an
// allocation, if it has none. Names from ZooKeeper are valid: its client refuses
// others.
func FindInvalidNames(s *cluster.Snapshot) *InvalidNames {
	invalid := collectInvalid(s)
	if invalid.Count() == 0 {
		return nil
	}
	disambiguate(invalid.groups, func(name string) bool { return s.Groups[name] != nil })
	disambiguate(invalid.topics, func(name string) bool { return s.Topics[name] != nil })
	paths := map[string]bool{}
	for _, dirs := range s.LogDirs {
		for _, d := range dirs {
			paths[d.Path] = true
		}
	}
	disambiguate(invalid.dirs, func(path string) bool { return paths[path] })
	return &InvalidNames{invalid.groups, invalid.topics, invalid.dirs, invalid.others}
}

func collectInvalid(s *cluster.Snapshot) (found InvalidNames) {
	found.other(s.ClusterID)
	for _, b := range s.Brokers {
		found.other(b.Address, b.Rack)
	}
	for name := range s.Topics {
		note(&found.topics, name)
	}
	for name, g := range s.Groups {
		note(&found.groups, name)
		found.other(g.State, g.Type, g.Protocol)
		for _, a := range g.Assigned {
			note(&found.topics, a.Topic)
			for _, m := range a.Owners {
				found.other(m.ClientID, m.Host, m.InstanceID)
			}
		}
	}
	for _, dirs := range s.LogDirs {
		for _, d := range dirs {
			note(&found.dirs, d.Path)
		}
	}
	return found
}

func (n *InvalidNames) other(texts ...string) {
	for _, text := range texts {
		note(&n.others, text)
	}
}

func note(names *map[string]string, name string) {
	if utf8.ValidString(name) {
		return
	}
	if *names == nil {
		*names = map[string]string{}
	}
	(*names)[name] = valid(name)
}

// disambiguate adds a hash to each name whose valid form equals that of another, or
// a valid name that exists.
func disambiguate(names map[string]string, exists func(string) bool) {
	times := map[string]int{}
	for _, shown := range names {
		times[shown]++
	}
	for name, shown := range names {
		if times[shown] > 1 || exists(shown) {
			hash := sha256.Sum256([]byte(name))
			names[name] = fmt.Sprintf("%s-%x", shown, hash[:hashBytes])
		}
	}
}

const hashBytes = 8

func valid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// Count returns how many names are invalid.
func (n *InvalidNames) Count() int {
	if n == nil {
		return 0
	}
	return len(n.groups) + len(n.topics) + len(n.dirs) + len(n.others)
}

// First returns the first few, with their invalid bytes escaped.
func (n *InvalidNames) First() []string {
	if n == nil {
		return nil
	}
	names := slices.Concat(slices.Sorted(maps.Keys(n.groups)), slices.Sorted(maps.Keys(n.topics)),
		slices.Sorted(maps.Keys(n.dirs)), slices.Sorted(maps.Keys(n.others)))
	few := names[:min(len(names), maxFirst)]
	for i, name := range few {
		few[i] = strconv.QuoteToASCII(name[:min(len(name), maxFirstBytes)])
	}
	return few
}

// How many names [InvalidNames.First] returns, and how many bytes of each.
const (
	maxFirst      = 3
	maxFirstBytes = 100
)

// InSnapshot returns s with valid names. It does not change s.
func (n *InvalidNames) InSnapshot(s *cluster.Snapshot) *cluster.Snapshot {
	if n == nil {
		return s
	}
	out := *s
	out.ClusterID = valid(s.ClusterID)
	out.Brokers = make(map[int32]cluster.Broker, len(s.Brokers))
	for id, b := range s.Brokers {
		out.Brokers[id] = cluster.Broker{ID: b.ID, Address: valid(b.Address), Rack: valid(b.Rack)}
	}
	out.Topics = make(map[string]*cluster.Topic, len(s.Topics))
	for name, topic := range s.Topics {
		t := *topic
		t.Name = shown(n.topics, name)
		out.Topics[t.Name] = &t
	}
	out.Groups = make(map[string]*cluster.Group, len(s.Groups))
	for name, group := range s.Groups {
		g := n.group(group)
		g.Name = shown(n.groups, name)
		out.Groups[g.Name] = &g
	}
	out.LogDirs = make(map[int32][]cluster.LogDir, len(s.LogDirs))
	for broker, dirs := range s.LogDirs {
		dirs = slices.Clone(dirs)
		for i := range dirs {
			dirs[i].Path = shown(n.dirs, dirs[i].Path)
		}
		out.LogDirs[broker] = dirs
	}
	return &out
}

func (n *InvalidNames) group(group *cluster.Group) cluster.Group {
	g := *group
	g.State, g.Type, g.Protocol = valid(g.State), valid(g.Type), valid(g.Protocol)
	g.Assigned = slices.Clone(g.Assigned)
	for i := range g.Assigned {
		g.Assigned[i].Topic = shown(n.topics, g.Assigned[i].Topic)
		g.Assigned[i].Owners = validOwners(g.Assigned[i].Owners)
	}
	return g
}

// validOwners returns the owners with valid texts.
func validOwners(owners []*cluster.Member) []*cluster.Member {
	shown := map[*cluster.Member]*cluster.Member{}
	out := make([]*cluster.Member, len(owners))
	for i, m := range owners {
		if shown[m] == nil {
			shown[m] = &cluster.Member{ClientID: valid(m.ClientID), Host: valid(m.Host), InstanceID: valid(m.InstanceID)}
		}
		out[i] = shown[m]
	}
	return out
}

// InReport returns r with valid names. It does not change r.
func (n *InvalidNames) InReport(r *lag.Report) *lag.Report {
	if n == nil {
		return r
	}
	out := *r
	out.Groups, out.Share, out.Transactions = n.inGroups(r.Groups), n.inGroups(r.Share), n.inTopics(r.Transactions)
	return &out
}

func (n *InvalidNames) inGroups(groups []lag.Group) []lag.Group {
	groups = slices.Clone(groups)
	for i := range groups {
		g := &groups[i]
		g.Name = shown(n.groups, g.Name)
		g.Topics = n.inTopics(g.Topics)
	}
	return groups
}

func (n *InvalidNames) inTopics(topics []lag.Topic) []lag.Topic {
	topics = slices.Clone(topics)
	for i := range topics {
		topics[i].Name = shown(n.topics, topics[i].Name)
	}
	return topics
}

// shown returns the name to record.
func shown(names map[string]string, name string) string {
	if replaced, found := names[name]; found {
		return replaced
	}
	return name
}
