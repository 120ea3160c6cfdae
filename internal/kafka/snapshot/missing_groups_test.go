// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// withoutBroker has the metadata name a broker no more.
func withoutBroker(fake *kafkatest.Fake, id int32) {
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		m := answer.(*kmsg.MetadataResponse)
		m.Brokers = slices.DeleteFunc(m.Brokers, func(b kmsg.MetadataResponseBroker) bool { return b.NodeID == id })
	})
}

func coordinatedBy(s *cluster.Snapshot, id int32) (n int) {
	for _, g := range s.Groups {
		if g.Coordinator == id {
			n++
		}
	}
	return n
}

// Of many groups that are listed, none is among many that a job has deleted.
func TestContainsAny(t *testing.T) {
	const many = 30_000
	groups, names := make([]*cluster.Group, many), make([]string, many)
	for i := range many {
		groups[i], names[i] = &cluster.Group{Name: fmt.Sprintf("listed-%05d", i)}, fmt.Sprintf("delete-%05d", i)
	}
	began := time.Now()
	assert.False(t, containsAny(groups, names))
	assert.Less(t, time.Since(began), time.Second)
	assert.True(t, containsAny(groups, append(names, "listed-29999")))
}

// Groups of a broker that has left the cluster are missing until another one
// lists them.
func TestGroupsOfALostCoordinator(t *testing.T) {
	fake := seeded(t, 1, 3, 12)
	client := newTestClient(t, fake.Brokers()...)
	whole := snapshot(t, client, everything())
	requireWhole(t, whole, 1, 3, 12)
	lost := coordinatedBy(whole, 2)
	require.Positive(t, lost)
	withoutBroker(fake, 2)
	for range cluster.GoneAfter {
		s := snapshot(t, client, everything())
		i := slices.IndexFunc(s.Failures, func(f cluster.Failure) bool { return f.Code == cluster.CodeNoCoordinator })
		require.GreaterOrEqual(t, i, 0)
		assert.Equal(t, lost, s.Failures[i].Groups)
		assert.Len(t, s.Groups, 12-lost)
	}
	s := snapshot(t, client, everything())
	assert.False(t, slices.ContainsFunc(s.Failures, func(f cluster.Failure) bool { return f.Code == cluster.CodeNoCoordinator }),
		"not for ever")
	fake.Honest()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 12)
}

// So are those of a broker that does not list its groups: its failure counts
// them.
func TestGroupsOfASilentCoordinator(t *testing.T) {
	fake := seeded(t, 1, 3, 12)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	lost := coordinatedBy(snapshot(t, client, everything()), 2)
	proxies[2].Refuse()
	s := snapshot(t, client, everything())
	i := slices.IndexFunc(s.Failures, func(f cluster.Failure) bool { return f.API == broker.APIListGroups })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, lost, s.Failures[i].Groups)
}

// However long it does not list them, they are not taken for deleted: neither
// while the broker is in the metadata, nor in the moment after.
func TestGroupsOfACoordinatorThatIsSilentForLong(t *testing.T) {
	fake := seeded(t, 1, 3, 12)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	lost := coordinatedBy(snapshot(t, client, everything()), 2)
	proxies[2].Refuse()
	missing := func() (n int) {
		for _, f := range snapshot(t, client, everything()).Failures {
			if f.API == broker.APIListGroups {
				n += f.Groups
			}
		}
		return n
	}
	for range 2 * cluster.GoneAfter {
		require.Equal(t, lost, missing())
	}
	withoutBroker(fake, 2)
	assert.Equal(t, lost, missing())
}

// In the moment between two coordinators no broker lists a group: brokers are
// asked once more before it counts as deleted.
func TestGroupListedByNobodyForAMoment(t *testing.T) {
	fake := seeded(t, 1, 3, 3)
	client := newTestClient(t, fake.Brokers()...)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 3)
	var looks atomic.Int32
	at := fake.Kfake.CoordinatorFor("g0")
	fake.Rewrite(kmsg.ListGroups, func(broker int32, answer kmsg.Response) {
		if broker == at && looks.Add(1) == 1 {
			answer.(*kmsg.ListGroupsResponse).Groups = nil
		}
	})
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 3)
	assert.EqualValues(t, 2, looks.Load())
}

// A coordinator that has just come back calls a group of another type than classic
// dead, although it has it.
func TestGroupCalledDeadThatIsThere(t *testing.T) {
	fake := seeded(t, 1, 3, 3)
	client := newTestClient(t, fake.Brokers()...)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 3)
	var looks atomic.Int32
	at := fake.Kfake.CoordinatorFor("g0")
	fake.Rewrite(kmsg.ListGroups, func(broker int32, answer kmsg.Response) {
		if broker == at && looks.Add(1) == 1 {
			answer.(*kmsg.ListGroupsResponse).Groups = nil
		}
	})
	fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.DescribeGroupsResponse).Groups {
			answer.(*kmsg.DescribeGroupsResponse).Groups[i].State = stateDead
		}
	})
	s := snapshot(t, client, everything())
	assert.Len(t, s.Groups, 3)
	assert.Greater(t, looks.Load(), int32(2), "every broker is asked for it")
}

// A group that its coordinator calls dead and does not list is not looked for
// elsewhere.
func TestGroupThatIsDeleted(t *testing.T) {
	fake := seeded(t, 1, 3, 3)
	client := newTestClient(t, fake.Brokers()...)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 3)
	fake.ResetRequests()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 3)
	before := fake.Requests()

	fake.DeleteGroup(t, "g0")
	fake.ResetRequests()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 2)
	asked := fake.Requests()
	assert.Equal(t, before["ListGroups"]+1, asked["ListGroups"], "the coordinator, once more")
	assert.Equal(t, before["Metadata"], asked["Metadata"])
	assert.LessOrEqual(t, asked["DescribeGroups"], before["DescribeGroups"]+1)
	assert.Positive(t, asked["DescribeGroups"])

	fake.DeleteGroup(t, "g1")
	fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.DescribeGroupsResponse).Groups {
			g := &answer.(*kmsg.DescribeGroupsResponse).Groups[i]
			if g.Group == "g1" {
				g.State, g.ErrorCode = "", kerr.NotCoordinator.Code
			}
		}
	})
	fake.ResetRequests()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	assert.Equal(t, 2*before["ListGroups"], fake.Requests()["ListGroups"], "it may be on its way to another")

	fake.ResetRequests()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	assert.Equal(t, before["ListGroups"], fake.Requests()["ListGroups"], "what was deleted is not looked for again")
}
