// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// groupsOf is what one broker said of the groups that it coordinates.
type groupsOf struct {
	node     *broker.Node
	filtered int
	groups   []*cluster.Group
	listErr  error
	commitAnswers
	// multiGroup says that it takes several groups in one OffsetFetch.
	multiGroup bool
}

// groupError is a group that a broker listed and then did not answer for, or
// not in full.
type groupError struct {
	group string
	api   string // empty: OffsetFetch
	err   error
	// partitions counts those with an error, where the group had none.
	partitions int
}

// groupsInTime leaves half of the time to what comes after the groups, however many
// there are.
func (s *scrape) groupsInTime(ctx context.Context, zooKeeper CommitSource) {
	ctx, cancel := withHalfRemaining(ctx)
	defer cancel()
	s.groupsEverywhere(ctx, zooKeeper)
}

// groupsEverywhere asks the brokers, and beside them ZooKeeper where there is
// one. Ends are asked for when both have answered: no end may be older than a
// commit that it is compared with.
func (s *scrape) groupsEverywhere(ctx context.Context, zooKeeper CommitSource) {
	if zooKeeper == nil {
		s.groups(ctx)
		return
	}
	type reading struct {
		groups   []*cluster.Group
		failures []cluster.Failure
	}
	read := async(func() reading {
		groups, failures := zooKeeper.Commits(ctx, s.ask.Topic)
		return reading{groups, failures}
	})
	s.groups(ctx)
	r := <-read
	s.snapshot.ZooKeeper = slices.DeleteFunc(r.groups, func(g *cluster.Group) bool { return s.ask.Part != nil && !s.ask.Part.OwnsGroup(g.Name) })
	s.failed(r.failures...)
}

// groups asks every broker for the groups that it coordinates and, of those
// wanted, for what they committed. Retriable errors are retried once, with all
// brokers, and a group missing from every list is looked up once more: its
// coordinator may have moved.
func (s *scrape) groups(ctx context.Context) {
	if s.ask.Group == nil {
		return
	}
	var open pendingGroups
	answers := s.askGroups(ctx, &open)
	if (open.worthRetrying() || s.worthASecondLook(ctx, &open)) && s.refreshForRetry(ctx) {
		s.topics()
		open.keepOnly(s.pool.Brokers())
		answers = s.askGroups(ctx, &open)
	}
	for _, a := range answers {
		s.snapshot.FilteredGroups += a.filtered
	}
	s.snapshot.ClaimedTwice = len(s.claimedTwice)
	maps.DeleteFunc(s.memory.multiGroup, func(id int32, _ bool) bool {
		_, known := s.snapshot.Brokers[id]
		return !known
	})
	s.memory.sizes.forget(s.snapshot.Groups, open.listed)
	s.remember(&open)
	s.doubtStarts()
	s.reportUncounted()
	s.failed(open.failures()...)
}

// askGroups asks in parallel, enters what it learns into the snapshot, and
// keeps book of what is open.
func (s *scrape) askGroups(ctx context.Context, open *pendingGroups) []groupsOf {
	var answers []groupsOf
	if s.ask.MaxGroups > 0 {
		answers = s.askLimited(ctx)
	} else {
		answers = broker.Parallel(s.pool.Brokers(), func(n *broker.Node) groupsOf { return s.askCommits(ctx, s.list(ctx, n)) })
	}
	claimed := map[string]int32{}
	for _, a := range answers {
		s.pool.Observe(broker.APIListGroups, a.listErr)
		s.observeCommits(a.failed)
		open.note(a)
		if a.multiGroup {
			s.memory.multiGroup[a.node.ID] = true
		}
		s.memory.sizes.learn(a.sizes)
		s.noteDenied(a.failed)
		for _, g := range a.groups {
			if other, twice := claimed[g.Name]; twice && other != g.Coordinator {
				s.claimedTwice[g.Name] = true
			}
			claimed[g.Name] = g.Coordinator
			s.enter(g)
		}
	}
	for name, g := range s.snapshot.Groups {
		if whole(g) {
			open.close(name)
		}
	}
	return answers
}

// enter adds a group. While a coordinator moves two brokers may list the same
// group: the one that answered for its commits counts.
func (s *scrape) enter(g *cluster.Group) {
	known := s.snapshot.Groups[g.Name]
	if known == nil || !whole(known) && (g.CommitsKnown || !known.CommitsKnown) {
		s.snapshot.Groups[g.Name] = g
	}
}

// whole reports whether all that a group committed is known.
func whole(g *cluster.Group) bool {
	return g.CommitsKnown && !slices.ContainsFunc(g.Commits, func(t cluster.TopicCommits) bool {
		return slices.ContainsFunc(t.Partitions, func(c cluster.Commit) bool { return c.Offset == cluster.Unknown })
	})
}

// askCommits asks a broker that has listed its groups for their commits. Groups
// whose commits are known already are left alone.
func (s *scrape) askCommits(ctx context.Context, a groupsOf) groupsOf {
	a.groups = slices.DeleteFunc(a.groups, func(g *cluster.Group) bool {
		known := s.snapshot.Groups[g.Name]
		return known != nil && whole(known)
	})
	share, others := splitShare(a.groups)
	if s.ask.Commits && len(others) > 0 {
		a.commitAnswers, a.multiGroup = s.commits(ctx, a.node, others)
	}
	if s.ask.Share && len(share) > 0 {
		a.failed = append(a.failed, s.shareOffsets(ctx, a.node, share)...)
	}
	return a
}

// splitShare returns the share groups, and the others.
func splitShare(groups []*cluster.Group) (share, others []*cluster.Group) {
	for _, g := range groups {
		if g.Type == cluster.TypeShare {
			share = append(share, g)
		} else {
			others = append(others, g)
		}
	}
	return share, others
}

// list asks one broker for its groups.
func (s *scrape) list(ctx context.Context, n *broker.Node) groupsOf {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	listed, err := broker.Ask(ctx, n, newListGroupsRequest(s.ask), func(r *wire.Reader) groupsOf { return s.decodeGroups(r, n) })
	if err != nil {
		return groupsOf{node: n, listErr: err}
	}
	return listed
}

// newListGroupsRequest asks for all groups, or for some states and types, which
// versions 4 and 5 are the first to know.
func newListGroupsRequest(ask Request) wire.Request {
	request := kmsg.NewPtrListGroupsRequest()
	request.StatesFilter, request.TypesFilter = ask.States, ask.Types
	return wire.Request{Request: request, Max: 5, Throttle: 1}
}

// Bytes of memory that a group costs, and its place in a list.
const (
	groupMemory = 192
	placeMemory = 8
)

// decodeGroups reads n's answer. A coordinator that is still loading lists the
// groups that it has, with an error. One that is named twice counts once.
func (s *scrape) decodeGroups(r *wire.Reader, n *broker.Node) groupsOf {
	a := groupsOf{node: n}
	if code := sarama.KError(r.Int16()); !kafkaerr.OK(code) {
		a.listErr = code
	}
	listed := r.Len(wire.Size{Strings: 2})
	if !r.Spend(placeMemory * listed) {
		return a
	}
	a.groups = make([]*cluster.Group, 0, listed)
	for range r.Elements(listed) {
		g, ofCollectors := decodeGroup(r)
		g.Coordinator = n.ID
		if ofCollectors || !s.ask.wants(&g) {
			a.filtered++
		} else if r.Spend(groupMemory) {
			kept := g // one that is filtered takes no memory
			a.groups = append(a.groups, &kept)
		}
	}
	if !r.OK() { // sorting what will not be used takes as long as reading it
		return a
	}
	slices.SortFunc(a.groups, func(x, y *cluster.Group) int { return strings.Compare(x.Name, y.Name) })
	a.groups = slices.CompactFunc(a.groups, func(x, y *cluster.Group) bool { return x.Name == y.Name })
	return a
}

// decodeGroup reads a group, and whether collectors share a cluster by it: that is no
// group of consumers.
func decodeGroup(r *wire.Reader) (g cluster.Group, ofCollectors bool) {
	const withState, withType = 4, 5
	g.Name = r.String()
	ofCollectors = coordination.IsProtocolType(r.Text())
	if r.Version >= withState {
		g.State = word(r)
	}
	if r.Version >= withType {
		g.Type = groupType(word(r))
	}
	return g, ofCollectors
}

// words are the states and types of most groups. They need no memory for each.
var words = []string{"Stable", "Empty", "Classic", "classic", "Consumer", "consumer", "range", "roundrobin", "uniform"}

// word reads a string that is one of few.
func word(r *wire.Reader) string {
	text := r.Text()
	for _, w := range words {
		if string(text) == w {
			return w
		}
	}
	return r.Keep(text)
}

// groupType is the type in lower case, as it is written in client settings,
// empty where the broker does not know it either.
func groupType(name string) string {
	if name = strings.ToLower(name); name != "unknown" {
		return name
	}
	return ""
}
