// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-zookeeper/zk"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// parallel is how many requests are on their way at once. The server answers
// them in turns on the one connection.
const parallel = 64

// walk is one reading of /consumers/GROUP/offsets/TOPIC/PARTITION.
type walk struct {
	conn *zk.Conn
	root string

	denied int // groups
	mu     sync.Mutex
	err    error // the first that ends the walk
}

// place is a node on the way: a group, one of its topics, or one of their
// partitions.
type place struct {
	group  *cluster.Group
	topic  *cluster.TopicCommits
	commit *cluster.Commit
}

// groups reads level by level, each in parallel. A node that is gone when it is
// read was deleted meanwhile, but not the root, which Kafka makes at its start.
// Its error means that nothing is complete.
func (w *walk) groups(group, topic func(string) bool) ([]*cluster.Group, error) {
	names, err := w.children(w.root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.root, err)
	}
	var groups []*cluster.Group
	for _, name := range names {
		if group(name) {
			groups = append(groups, &cluster.Group{Name: name, Coordinator: cluster.NoBroker, CommitsKnown: true})
		}
	}
	each(groups, func(g *cluster.Group) { w.topics(g, topic) })
	var topics, partitions []place
	for _, g := range groups {
		for i := range g.Commits {
			topics = append(topics, place{group: g, topic: &g.Commits[i]})
		}
	}
	each(topics, w.partitions)
	for _, p := range topics {
		for i := range p.topic.Partitions {
			partitions = append(partitions, place{p.group, p.topic, &p.topic.Partitions[i]})
		}
	}
	each(partitions, w.offset)
	return w.sorted(groups), w.err
}

// topics lists the topics of a group. Many have none: newer consumers too make
// a node for their group.
func (w *walk) topics(g *cluster.Group, wanted func(string) bool) {
	names, err := w.children(w.root + "/" + g.Name + "/offsets")
	if w.gone(g, err) {
		return
	}
	for _, name := range names {
		if wanted(name) {
			g.Commits = append(g.Commits, cluster.TopicCommits{Topic: name})
		}
	}
}

func (w *walk) partitions(p place) {
	names, err := w.children(w.path(p))
	if w.gone(p.group, err) {
		return
	}
	for _, name := range names {
		if id, isPartition := partition(name); isPartition {
			p.topic.Partitions = append(p.topic.Partitions, cluster.Commit{Partition: id, Offset: cluster.None})
		}
	}
	slices.SortFunc(p.topic.Partitions, func(a, b cluster.Commit) int { return cmp.Compare(a.Partition, b.Partition) })
}

// partition reads a node's name as Kafka writes it: "00" is not partition 0.
func partition(name string) (id int32, isPartition bool) {
	n, err := strconv.ParseInt(name, 10, 32)
	return int32(n), err == nil && n >= 0 && strconv.FormatInt(n, 10) == name
}

// children returns the names of a node's children, sorted, each once.
func (w *walk) children(path string) ([]string, error) {
	names, _, err := w.conn.Children(path)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (w *walk) offset(p place) {
	text, _, err := w.conn.Get(w.path(p) + "/" + strconv.Itoa(int(p.commit.Partition)))
	if w.gone(p.group, err) {
		return
	}
	if offset, err := strconv.ParseInt(string(text), 10, 64); err == nil && offset >= 0 { // else it is no offset, whatever it is
		p.commit.Offset = cluster.Offset(offset)
	}
}

func (w *walk) path(p place) string { return w.root + "/" + p.group.Name + "/offsets/" + p.topic.Topic }

// gone reports whether there is nothing to read for whatever reason, and keeps
// it in mind: a group that may not be read is not known at all. A name that the
// library refuses is no node's.
func (w *walk) gone(g *cluster.Group, err error) bool {
	if err == nil || errors.Is(err, zk.ErrNoNode) || errors.Is(err, zk.ErrInvalidPath) {
		return err != nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(err, zk.ErrNoAuth) {
		g.CommitsKnown = false
	} else if w.err == nil {
		w.err = err
	}
	return true
}

// sorted leaves out the groups that were denied and those without a topic.
func (w *walk) sorted(groups []*cluster.Group) []*cluster.Group {
	slices.SortFunc(groups, func(a, b *cluster.Group) int { return strings.Compare(a.Name, b.Name) })
	return slices.DeleteFunc(groups, func(g *cluster.Group) bool {
		if !g.CommitsKnown {
			w.denied++
		}
		return !g.CommitsKnown || len(g.Commits) == 0
	})
}

// each works on all items, some at a time.
func each[T any](items []T, do func(T)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(parallel, len(items)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(items)); i = next.Add(1) - 1 {
				do(items[i])
			}
		})
	}
	wait.Wait()
}
