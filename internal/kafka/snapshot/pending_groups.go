// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
)

// pendingGroups keeps track of what brokers did not answer about groups. An entry is
// closed by an answer from any broker, and by nothing else: a group whose coordinator
// refused to answer, and that is in no list afterwards, is still missing.
type pendingGroups struct {
	listed map[int32]bool // brokers that have listed their groups
	lists  map[int32]listError
	groups map[string]brokerGroupError
}

type listError struct {
	node   *broker.Node
	err    error
	groups int // known to be missing for it
}

type brokerGroupError struct {
	node *broker.Node
	groupError
}

// note takes one broker's answers of one round.
func (o *pendingGroups) note(a groupsOf) {
	if o.listed == nil {
		o.listed, o.lists, o.groups = map[int32]bool{}, map[int32]listError{}, map[string]brokerGroupError{}
	}
	switch {
	case a.listErr == nil:
		o.listed[a.node.ID] = true
		delete(o.lists, a.node.ID)
	case !o.listed[a.node.ID]:
		o.lists[a.node.ID] = listError{node: a.node, err: a.listErr}
	}
	for _, g := range a.failed {
		o.groups[g.group] = brokerGroupError{a.node, g}
	}
}

// miss counts a group of a broker whose list is missing, if it is.
func (o *pendingGroups) miss(coordinator int32) bool {
	l, ok := o.lists[coordinator]
	if ok {
		l.groups++
		o.lists[coordinator] = l
	}
	return ok
}

// close removes a group whose commits are known.
func (o *pendingGroups) close(group string) { delete(o.groups, group) }

// keepOnly forgets the lists of brokers that have left the cluster: others
// have their groups now.
func (o *pendingGroups) keepOnly(nodes []*broker.Node) {
	maps.DeleteFunc(o.lists, func(id int32, _ listError) bool {
		return !slices.ContainsFunc(nodes, func(n *broker.Node) bool { return n.ID == id })
	})
}

// worthRetrying reports whether asking again may help.
func (o *pendingGroups) worthRetrying() bool {
	for _, l := range o.lists {
		if broker.Retriable(l.node, l.err) {
			return true
		}
	}
	for _, g := range o.groups {
		if broker.Retriable(g.node, g.err) {
			return true
		}
	}
	return false
}

// failures returns what is still open, by broker.
func (o *pendingGroups) failures() []cluster.Failure {
	var failures []cluster.Failure
	for _, id := range slices.Sorted(maps.Keys(o.lists)) {
		f := broker.Failure(o.lists[id].node, broker.APIListGroups, o.lists[id].err)
		f.Groups = o.lists[id].groups
		failures = append(failures, f)
	}
	type question struct {
		node *broker.Node
		api  string
	}
	unanswered := map[question][]groupError{}
	for _, name := range slices.Sorted(maps.Keys(o.groups)) {
		g := o.groups[name]
		q := question{g.node, g.request()}
		unanswered[q] = append(unanswered[q], g.groupError)
	}
	byID := func(a, b question) int { return cmp.Or(cmp.Compare(a.node.ID, b.node.ID), cmp.Compare(b.api, a.api)) }
	for _, q := range slices.SortedFunc(maps.Keys(unanswered), byID) {
		failures = append(failures, mergeGroups(q.node, q.api, unanswered[q])...)
	}
	return failures
}

// request is Kafka's name of the request that failed.
func (g groupError) request() string { return cmp.Or(g.api, broker.APIOffsetFetch) }

// mergeGroups puts one broker's failed groups together by error. A group counts
// as missing as a whole, or with the partitions that are.
func mergeGroups(n *broker.Node, api string, failed []groupError) []cluster.Failure {
	var failures []cluster.Failure
	for _, g := range failed {
		f := broker.Failure(n, api, g.err)
		same := slices.IndexFunc(failures, func(o cluster.Failure) bool { return o.Code == f.Code })
		if same < 0 {
			same = len(failures)
			failures = append(failures, f)
		}
		if g.partitions > 0 {
			failures[same].Partitions += g.partitions
		} else {
			failures[same].Groups++
		}
	}
	return failures
}
