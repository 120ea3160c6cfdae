// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestOpenTransactions(t *testing.T) {
	bounds := func(id int32, stable, end cluster.Offset) cluster.Partition {
		return cluster.Partition{ID: id, LastStable: stable, HighWatermark: end}
	}
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{
		"b": {Name: "b", Partitions: []cluster.Partition{bounds(0, 9, 9), bounds(1, 0, 4), bounds(2, 60, 100)}},
		"a": {Name: "a", Partitions: []cluster.Partition{bounds(7, 5, 6)}},
		"none open": {Name: "none open", Partitions: []cluster.Partition{
			bounds(0, 0, 0), bounds(1, 12, 10), // records came in between
			bounds(2, cluster.Unknown, 10), bounds(3, 10, cluster.Unknown), bounds(4, cluster.None, 10), bounds(5, 10, cluster.None),
		}},
	}}
	assert.Equal(t, []Topic{
		{Name: "a", Partitions: []Partition{{ID: 7, Committed: 5, Lag: 1}}},
		{Name: "b", Partitions: []Partition{{ID: 1, Committed: 0, Lag: 4}, {ID: 2, Committed: 60, Lag: 40}}},
	}, OpenTransactions(s))
}

func TestReportDated(t *testing.T) {
	r := &Report{
		Groups:       []Group{{Topics: []Topic{{Name: "a"}, {Name: "b"}}}, {}, {Topics: []Topic{{Name: "c"}}}},
		Share:        []Group{{Topics: []Topic{{Name: "d"}}}},
		ZooKeeper:    []Group{{Topics: []Topic{{Name: "not"}}}},
		Transactions: []Topic{{Name: "e"}},
	}
	var names []string
	for topic := range r.Dated() {
		names = append(names, topic.Name)
		topic.Uncommitted = 1
	}
	assert.Equal(t, []string{"a", "b", "c", "d", "e"}, names)
	assert.Equal(t, 1, r.Transactions[0].Uncommitted, "not a copy")
	for topic := range r.Dated() {
		assert.Equal(t, "a", topic.Name)
		break
	}
}
