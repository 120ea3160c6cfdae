// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func groupsIn(s *cluster.Snapshot) []string { return slices.Sorted(maps.Keys(s.Groups)) }

// stable has the brokers list groups with members.
func stable(fake *kafkatest.Fake, groups ...string) {
	fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
		for i, g := range answer.(*kmsg.ListGroupsResponse).Groups {
			if slices.Contains(groups, g.Group) {
				answer.(*kmsg.ListGroupsResponse).Groups[i].GroupState = "Stable"
			}
		}
	})
}

func TestLimitedGroups(t *testing.T) {
	fake := seeded(t, 1, 3, 10) // g0 to g9, without members
	client := newTestClient(t, fake.Brokers()...)
	lags := map[string]int64{}
	ask := everything()
	ask.MaxGroups = 4
	ask.LastLag = func(group string) int64 {
		if lag, known := lags[group]; known {
			return lag
		}
		return -1
	}
	scrape := func() []string {
		s := snapshot(t, client, ask)
		assert.Empty(t, s.Failures)
		assert.Equal(t, 6, s.LeftOutGroups)
		names := groupsIn(s)
		for _, name := range names {
			assert.True(t, s.Groups[name].CommitsKnown)
			assert.True(t, s.Groups[name].Described)
		}
		return names
	}
	assert.Equal(t, []string{"g0", "g1", "g2", "g3"}, scrape(), "by name")
	stable(fake, "g8")
	assert.Equal(t, []string{"g0", "g1", "g2", "g8"}, scrape(), "those with members first")
	lags = map[string]int64{"g0": 0, "g1": 5, "g2": 1, "g8": 0}
	stable(fake, "g7")
	assert.Equal(t, []string{"g1", "g2", "g7", "g8"}, scrape(), "then those with more lag")
	lags["g5"] = 3
	assert.Equal(t, []string{"g1", "g5", "g7", "g8"}, scrape())
	fake.ResetRequests()
	assert.Equal(t, []string{"g1", "g5", "g7", "g8"}, scrape(), "the same from scrape to scrape")
	assert.Equal(t, 3, fake.Requests()["ListGroups"], "no group counts as missing")
	assert.Equal(t, 1, fake.Requests()["Metadata"])
}

// While a broker does not list its groups, others do not take their places.
func TestLimitedGroupsOfABrokerThatIsAway(t *testing.T) {
	fake := seeded(t, 1, 3, 12)
	client := newImpatientClient(t, fake.Brokers()...)
	kept := map[string]bool{} // at first the last by name
	for i := 4; i < 10; i++ {
		kept[fmt.Sprintf("g%d", i)] = true
	}
	ask := Request{Topic: anything, Group: anything, Commits: true, MaxGroups: 6}
	ask.LastLag = func(group string) int64 {
		if kept[group] {
			return 6
		}
		return -1
	}
	before := snapshot(t, client, ask)
	require.Equal(t, slices.Sorted(maps.Keys(kept)), groupsIn(before))
	away := before.Groups[groupsIn(before)[0]].Coordinator
	release := fake.Hang(kmsg.ListGroups, away)
	during := snapshot(t, client, ask)
	assert.Less(t, len(during.Groups), 6)
	for name, g := range before.Groups {
		assert.Equal(t, g.Coordinator != away, during.Groups[name] != nil, name)
	}
	maps.DeleteFunc(kept, func(name string, _ bool) bool { return during.Groups[name] == nil }) // their lag was not learned
	release()
	fake.Honest()
	assert.Equal(t, groupsIn(before), groupsIn(snapshot(t, client, ask)), "those of the broker that is back too")
}

// Of groups that are left out nothing is asked, however many there are.
func TestLimitedGroupsSaveRequests(t *testing.T) {
	fake := seeded(t, 1, 3, 500)
	ask := everything()
	ask.MaxGroups, ask.LastLag = 10, func(string) int64 { return -1 }
	client := newTestClient(t, fake.Brokers()...)
	fake.ResetRequests()
	s := snapshot(t, client, ask)
	assert.Len(t, s.Groups, 10)
	assert.Equal(t, 490, s.LeftOutGroups)
	for _, api := range []string{"OffsetFetch", "DescribeGroups"} {
		assert.LessOrEqual(t, fake.Requests()[api], 3, "%s: one for each broker", api)
	}
}
