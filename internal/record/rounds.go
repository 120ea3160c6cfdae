// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// roundPoints is roughly how many data points one round makes of topics, of listed
// groups and of lag, each. A single topic or group may make more.
const roundPoints = 4096

// round is a part of a scrape that is recorded as resource metrics of its own.
//
// An exporter that splits by bytes measures all that is left of a resource once for
// each message. If a scrape were a single resource, the time to send it would grow
// with the square of its size.
type round struct {
	cluster      *cluster.Snapshot // for what a cluster has only once; nil: not in this round
	topics       []*cluster.Topic
	listed       []*cluster.Group
	groups       []lag.Group
	share        []lag.Group
	inZooKeeper  []lag.Group
	transactions []lag.Topic
}

// roundsOf returns all topics and groups, sorted by name, in rounds. There is at least
// one round.
func roundsOf(s *cluster.Snapshot, report *lag.Report) []round {
	topics, listed, groups, share, inZooKeeper := ownTopics(s), sorted(s.Groups), report.Groups, report.Share, report.ZooKeeper
	transactions := report.Transactions
	var rounds []round
	for len(rounds) == 0 || len(topics)+len(listed)+len(groups)+len(share)+len(inZooKeeper)+len(transactions) > 0 {
		var next round
		if len(rounds) == 0 && !s.Elsewhere {
			next.cluster = s
		}
		next.topics, topics = split(topics, topicPoints)
		next.listed, listed = split(listed, listedPoints)
		next.groups, groups = split(groups, lagPoints)
		next.share, share = split(share, lagPoints)
		next.inZooKeeper, inZooKeeper = split(inZooKeeper, lagPoints)
		next.transactions, transactions = split(transactions, transactionPoints)
		rounds = append(rounds, next)
	}
	return rounds
}

// ownTopics returns the topics that are reported here.
func ownTopics(s *cluster.Snapshot) []*cluster.Topic {
	return slices.DeleteFunc(sorted(s.Topics), func(t *cluster.Topic) bool { return t.Elsewhere })
}

func sorted[T any](byName map[string]T) []T {
	all := make([]T, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, byName[name])
	}
	return all
}

// split returns the first of all that make about roundPoints data points, at least
// one, and the rest.
func split[T any](all []T, points func(T) int) (head, rest []T) {
	sum := 0
	for i, one := range all {
		sum += points(one)
		if i > 0 && sum > roundPoints {
			return all[:i], all[i:]
		}
	}
	return all, nil
}

// topicPoints is how many points a topic makes with the default metrics.
func topicPoints(t *cluster.Topic) int { return 1 + 8*len(t.Partitions) }

func listedPoints(g *cluster.Group) int {
	sum := 5
	for i := range g.Assigned {
		sum += 2 + len(g.Assigned[i].Owners)
	}
	return sum
}

func transactionPoints(t lag.Topic) int { return len(t.Partitions) }

func lagPoints(g lag.Group) int {
	sum := 1
	for i := range g.Topics {
		sum += 7 + 2*len(g.Topics[i].Partitions)
	}
	return sum
}
