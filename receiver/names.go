// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

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

// oddNames is what names are recorded as that are not valid UTF-8. Kafka's own
// brokers have none, but others keep the bytes that clients send, and one such
// name makes receivers of OTLP refuse every point beside it. Requests go on with
// the name as it is.
//
// Invalid bytes become U+FFFD. Where that makes two names equal, a hash of the
// bytes tells them apart.
type oddNames struct {
	groups, topics, dirs map[string]string // what is recorded, by name
	others               []string          // what no data point is told apart by
}

// oddNamesOf returns nil, without an allocation, where every name is valid.
// Those in ZooKeeper are: its client refuses others.
func oddNamesOf(s *cluster.Snapshot) *oddNames {
	odd := findOddNames(s)
	if odd.count() == 0 {
		return nil
	}
	tellApart(odd.groups, func(name string) bool { return s.Groups[name] != nil })
	tellApart(odd.topics, func(name string) bool { return s.Topics[name] != nil })
	paths := map[string]bool{}
	for _, dirs := range s.LogDirs {
		for _, d := range dirs {
			paths[d.Path] = true
		}
	}
	tellApart(odd.dirs, func(path string) bool { return paths[path] })
	return &oddNames{odd.groups, odd.topics, odd.dirs, odd.others}
}

func findOddNames(s *cluster.Snapshot) (odd oddNames) {
	odd.other(s.ClusterID)
	for _, b := range s.Brokers {
		odd.other(b.Address, b.Rack)
	}
	for name := range s.Topics {
		note(&odd.topics, name)
	}
	for name, g := range s.Groups {
		note(&odd.groups, name)
		odd.other(g.State, g.Type, g.Protocol)
		for _, a := range g.Assigned {
			note(&odd.topics, a.Topic)
		}
	}
	for _, dirs := range s.LogDirs {
		for _, d := range dirs {
			note(&odd.dirs, d.Path)
		}
	}
	return odd
}

func (o *oddNames) other(texts ...string) {
	for _, text := range texts {
		if !utf8.ValidString(text) {
			o.others = append(o.others, text)
		}
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

// tellApart adds a hash to each of names that is recorded as another is, or as a
// valid one that there is.
func tellApart(names map[string]string, exists func(string) bool) {
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

// count returns how many names there are.
func (o *oddNames) count() int {
	if o == nil {
		return 0
	}
	return len(o.groups) + len(o.topics) + len(o.dirs) + len(o.others)
}

// few returns the first few, with their invalid bytes escaped.
func (o *oddNames) few() []string {
	if o == nil {
		return nil
	}
	names := slices.Concat(slices.Sorted(maps.Keys(o.groups)), slices.Sorted(maps.Keys(o.topics)),
		slices.Sorted(maps.Keys(o.dirs)), slices.Sorted(slices.Values(o.others)))
	few := names[:min(len(names), maxOddNamed)]
	for i, name := range few {
		few[i] = strconv.QuoteToASCII(name[:min(len(name), maxOddBytes)])
	}
	return few
}

// What a log line shows of odd names.
const (
	maxOddNamed = 3
	maxOddBytes = 100
)

// snapshot returns s with the names that are recorded.
func (o *oddNames) snapshot(s *cluster.Snapshot) *cluster.Snapshot {
	if o == nil {
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
		t.Name = shown(o.topics, name)
		out.Topics[t.Name] = &t
	}
	out.Groups = make(map[string]*cluster.Group, len(s.Groups))
	for name, group := range s.Groups {
		g := o.group(group)
		g.Name = shown(o.groups, name)
		out.Groups[g.Name] = &g
	}
	out.LogDirs = make(map[int32][]cluster.LogDir, len(s.LogDirs))
	for broker, dirs := range s.LogDirs {
		dirs = slices.Clone(dirs)
		for i := range dirs {
			dirs[i].Path = shown(o.dirs, dirs[i].Path)
		}
		out.LogDirs[broker] = dirs
	}
	return &out
}

func (o *oddNames) group(group *cluster.Group) cluster.Group {
	g := *group
	g.State, g.Type, g.Protocol = valid(g.State), valid(g.Type), valid(g.Protocol)
	g.Assigned = slices.Clone(g.Assigned)
	for i := range g.Assigned {
		g.Assigned[i].Topic = shown(o.topics, g.Assigned[i].Topic)
	}
	return g
}

// report returns r with the names that are recorded.
func (o *oddNames) report(r *lag.Report) *lag.Report {
	if o == nil {
		return r
	}
	out := *r
	out.Groups = slices.Clone(r.Groups)
	for i := range out.Groups {
		g := &out.Groups[i]
		g.Name = shown(o.groups, g.Name)
		g.Topics = slices.Clone(g.Topics)
		for t := range g.Topics {
			g.Topics[t].Name = shown(o.topics, g.Topics[t].Name)
		}
	}
	return &out
}

// shown returns what a name is recorded as.
func shown(names map[string]string, name string) string {
	if odd, found := names[name]; found {
		return odd
	}
	return name
}
