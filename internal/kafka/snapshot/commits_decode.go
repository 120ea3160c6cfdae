// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Bytes of memory that an element costs.
const (
	topicCommitsMemory = 48
	commitMemory       = 16
)

// fetched is the answer to one OffsetFetch.
type fetched struct {
	version int16
	groups  []fetchedGroup // those asked for, in that order
}

// fetchedGroup is what one group committed.
type fetchedGroup struct {
	answered bool
	code     sarama.KError
	commits  []cluster.TopicCommits // as in [cluster.Group]
	// partitions counts what was answered, with what is not wanted.
	partitions int
	// unknown counts the wanted partitions with an error, of which err is one.
	unknown int
	err     error
}

// decodeFetched reads the answer to a request for groups.
func (s *scrape) decodeFetched(r *wire.Reader, groups []*cluster.Group) fetched {
	f := fetched{version: r.Version, groups: make([]fetchedGroup, len(groups))}
	if r.Version < multiGroupFetch {
		f.groups[0] = s.decodeCommits(r)
		f.groups[0].code = sarama.KError(r.Int16())
		return f
	}
	index := make(map[string]int, len(groups))
	for i, g := range groups {
		index[g.Name] = i
	}
	for range r.Each(wire.Size{Fixed: 2, Strings: 1, Arrays: 1}) {
		i, asked := index[string(r.Text())]
		g := s.decodeCommits(r)
		g.code = sarama.KError(r.Int16())
		if asked {
			f.groups[i] = g
		}
	}
	return f
}

// decodeCommits reads the topics of a group.
func (s *scrape) decodeCommits(r *wire.Reader) fetchedGroup {
	g := fetchedGroup{answered: true}
	n := r.Len(wire.Size{Strings: 1, Arrays: 1})
	if !r.Spend(topicCommitsMemory * n) {
		return g
	}
	g.commits = make([]cluster.TopicCommits, 0, n)
	for range r.Elements(n) {
		// A broker answers for every topic that the group ever used.
		topic, wanted := s.intern(r)
		commits := g.decodeTopic(r, wanted)
		if wanted && len(commits) > 0 {
			g.commits = append(g.commits, cluster.TopicCommits{Topic: topic, Partitions: commits})
		}
	}
	g.commits = uniqueTopics(g.commits)
	return g
}

// decodeTopic reads what a group committed in one topic, sorted by partition.
func (g *fetchedGroup) decodeTopic(r *wire.Reader, wanted bool) []cluster.Commit {
	const withEpoch = 5
	n := r.Len(wire.Size{Fixed: 14, Strings: 1})
	g.partitions += n
	var commits []cluster.Commit
	if wanted {
		if !r.Spend(commitMemory * n) {
			return nil
		}
		commits = make([]cluster.Commit, 0, n)
	}
	for range r.Elements(n) {
		c := cluster.Commit{Partition: r.Int32(), Offset: max(cluster.Offset(r.Int64()), cluster.None)}
		if r.Version >= withEpoch {
			r.Int32()
		}
		r.Text() // a note of the consumer's own
		code := sarama.KError(r.Int16())
		if !wanted {
			continue
		}
		if !kafkaerr.OK(code) {
			c.Offset, g.err = cluster.Unknown, code
			g.unknown++
		}
		commits = append(commits, c)
	}
	return uniquePartitions(commits)
}

// uniquePartitions sorts commits by partition, and keeps the last one of each.
func uniquePartitions(commits []cluster.Commit) []cluster.Commit {
	for i := 1; i < len(commits); i++ {
		if commits[i-1].Partition >= commits[i].Partition { // which is seldom so
			slices.Reverse(commits) // the last one first, which stays
			slices.SortStableFunc(commits, func(a, b cluster.Commit) int { return cmp.Compare(a.Partition, b.Partition) })
			return slices.CompactFunc(commits, func(a, b cluster.Commit) bool { return a.Partition == b.Partition })
		}
	}
	return commits
}

// uniqueTopics sorts topics by name. Of one that is named twice, the first
// counts.
func uniqueTopics(topics []cluster.TopicCommits) []cluster.TopicCommits {
	slices.SortFunc(topics, func(a, b cluster.TopicCommits) int { return strings.Compare(a.Topic, b.Topic) })
	return slices.CompactFunc(topics, func(a, b cluster.TopicCommits) bool { return a.Topic == b.Topic })
}

// intern reads a topic. It returns the metadata's own string for it, and whether
// the filters let it pass: thousands of groups name the same topics, each answer
// would keep a copy, and a regular expression would run for each.
func (s *scrape) intern(r *wire.Reader) (name string, wanted bool) {
	text := r.Text()
	if t := s.snapshot.Topics[string(text)]; t != nil {
		return t.Name, true
	}
	name = r.Keep(text)
	return name, s.ask.Topic(name)
}
