// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// ListGroups has states from version 4 on and types from version 5 on.
func listGroupsUpTo(fake *kafkatest.Fake, version int16) {
	fake.Rewrite(kmsg.ApiVersions, func(_ int32, answer kmsg.Response) {
		versions := answer.(*kmsg.ApiVersionsResponse)
		for i := range versions.ApiKeys {
			if versions.ApiKeys[i].ApiKey == int16(kmsg.ListGroups) {
				versions.ApiKeys[i].MaxVersion = version
			}
		}
	})
}

// The filters hold whatever the broker can do; where it can, it applies them.
func TestGroupFilters(t *testing.T) {
	fake := kafkatest.StartFake(t, 2)
	fake.CreateTopic(t, "t", 1, 1, nil)
	commits := map[string]map[int32]int64{"t": {0: 0}}
	for _, group := range []string{"empty", "live", "live-848"} {
		fake.Commit(t, group, commits)
	}
	fake.Join(t, "live", "t")
	fake.JoinConsumer(t, "live-848", "t")

	for name, tt := range map[string]struct {
		version       int16
		states, types []string
		want          []string
		pushed        bool
		// stray is an Empty group that the broker lists whatever it is asked.
		stray string
	}{
		"all":                            {version: 5, want: []string{"empty", "live", "live-848"}},
		"by state":                       {version: 5, states: []string{"Stable"}, want: []string{"live", "live-848"}, pushed: true},
		"by several states":              {version: 5, states: []string{"Stable", "Empty"}, want: []string{"empty", "live", "live-848"}},
		"by type":                        {version: 5, types: []string{"classic"}, want: []string{"empty", "live"}, pushed: true},
		"by a broker that does not care": {version: 5, states: []string{"Stable"}, want: []string{"live", "live-848"}, stray: "idle"},
		"by both":                        {version: 5, states: []string{"Stable"}, types: []string{"classic"}, want: []string{"live"}, pushed: true},
		"by state, types unknown":        {version: 4, states: []string{"Empty"}, want: []string{"empty"}, pushed: true},
		"by type that is unknown":        {version: 4, types: []string{"consumer"}, want: nil},
		"by state that is unknown":       {version: 3, states: []string{"Stable"}, want: []string{"live"}},
		"by state, with no type too":     {version: 3, states: []string{"Empty"}, types: []string{"classic"}, want: []string{"empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			fake.Honest()
			listGroupsUpTo(fake, tt.version)
			if tt.version < 5 {
				hideGroup(fake, "live-848") // an old broker has none of its kind
			}
			if tt.stray != "" {
				fake.ListGroupAt(0, tt.stray)
			}
			var listed atomic.Int64 // brokers answer side by side
			fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
				listed.Add(int64(len(answer.(*kmsg.ListGroupsResponse).Groups)))
			})
			ask := everything()
			ask.States, ask.Types, ask.Describe = tt.states, tt.types, false
			fake.ResetRequests()
			s := snapshot(t, newTestClient(t, fake.Brokers()...), ask)
			assert.Empty(t, s.Failures)
			assert.Equal(t, tt.want, slices.Sorted(maps.Keys(s.Groups)))
			for _, g := range s.Groups {
				assert.True(t, g.CommitsKnown)
			}
			assert.Equal(t, int(listed.Load())-len(tt.want), s.FilteredGroups, "what the receiver itself leaves out")
			if tt.pushed {
				assert.Equal(t, len(tt.want), int(listed.Load()), "the broker left out the others")
				assert.Zero(t, fake.Requests()["DescribeGroups"], "the listing has all that is needed")
			}
		})
	}
}

// The groups by which collectors share a cluster are no groups of consumers, whoever their
// members are.
func TestGroupsOfCollectorsAreLeftOut(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "t", 1, 1, nil)
	for _, group := range []string{"consumers", "reporting", "probing"} {
		fake.Commit(t, group, map[string]map[int32]int64{"t": {0: 0}})
	}
	fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
		groups := answer.(*kmsg.ListGroupsResponse).Groups
		for i := range groups {
			if kind, ok := map[string]string{"reporting": "kafkalag", "probing": "kafkaprobe"}[groups[i].Group]; ok {
				groups[i].ProtocolType = kind
			}
		}
	})
	s := snapshot(t, newTestClient(t, fake.Brokers()...), everything())
	assert.Empty(t, s.Failures)
	assert.Equal(t, []string{"consumers"}, slices.Sorted(maps.Keys(s.Groups)))
	assert.Equal(t, 2, s.FilteredGroups)
}

// A group whose state a filter needs and cannot be learned counts as failed once,
// neither as seen nor as filtered.
func TestGroupOfUnknownStateHasFailed(t *testing.T) {
	for name, tt := range map[string]struct {
		api       kmsg.Key
		code      *kerr.Error
		undecided int
	}{
		"not described": {kmsg.DescribeGroups, kerr.UnknownServerError, 1},
		"denied":        {kmsg.OffsetFetch, kerr.GroupAuthorizationFailed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1)
			fake.CreateTopic(t, "t", 1, 1, nil)
			fake.Commit(t, "empty", map[string]map[int32]int64{"t": {0: 0}})
			listGroupsUpTo(fake, 3)
			fake.Fail(tt.api, kafkatest.AnyBroker, tt.code, 1)
			ask := everything()
			ask.States = []string{"Empty"}
			s := snapshot(t, newTestClient(t, fake.Brokers()...), ask)
			assert.Empty(t, s.Groups)
			assert.Zero(t, s.FilteredGroups)
			assert.Equal(t, tt.undecided, s.UndecidedGroups)
			require.Len(t, s.Failures, 1)
			assert.Equal(t, tt.api.Name(), s.Failures[0].API)
			assert.Equal(t, 1, s.Failures[0].Groups)
		})
	}
}

func hideGroup(fake *kafkatest.Fake, name string) {
	fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
		groups := answer.(*kmsg.ListGroupsResponse)
		groups.Groups = slices.DeleteFunc(groups.Groups, func(g kmsg.ListGroupsResponseGroup) bool { return g.Group == name })
	})
}

// A group that was deleted after it had been listed is no error.
func TestVanishedGroups(t *testing.T) {
	for name, join := range map[string]func(kafkatest.Seed, testing.TB, string, ...string) *kafkatest.Member{
		"classic":  kafkatest.Seed.Join,
		"consumer": kafkatest.Seed.JoinConsumer,
	} {
		t.Run(name, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1)
			fake.CreateTopic(t, "t", 1, 1, nil)
			join(fake.Seed, t, "g", "t")
			client := newTestClient(t, fake.Brokers()...)
			for _, api := range []kmsg.Key{kmsg.DescribeGroups, kmsg.ConsumerGroupDescribe, kmsg.OffsetFetch} {
				fake.Fail(api, kafkatest.AnyBroker, kerr.GroupIDNotFound, 1)
				s := snapshot(t, client, everything())
				assert.Empty(t, s.Failures, api.Name())
				require.Contains(t, s.Groups, "g")
			}
		})
	}
}
