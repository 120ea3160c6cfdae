// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package acls

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// admin is a super user: what it sees is all there is.
const admin = "admin"

var (
	describeCluster = acl{kadm.OpDescribe, "cluster", ""}
	describeTopics  = acl{kadm.OpDescribe, "topic", "*"}
	describeGroups  = acl{kadm.OpDescribe, "group", "*"}
)

// The lines that a login with few rights finds in the log.
const (
	clusterHidden  = "This login may not describe the cluster"
	topicsHidden   = "The brokers name no topics"
	settingsHidden = "This login may not read the settings of topics"
	groupHidden    = " GROUP_AUTHORIZATION_FAILED: an ACL is missing: Describe on the group"
	topicOfGroup   = "ConsumerGroupDescribe TOPIC_AUTHORIZATION_FAILED: an ACL is missing: Describe on the topic"
	topicOfStreams = "StreamsGroupDescribe TOPIC_AUTHORIZATION_FAILED: an ACL is missing: Describe on the topic"
)

// cases are logins by user name, each with less than all rights or with rights
// other than those that docs/acls.md recommends.
var cases = map[string]struct {
	acls []acl
	// hidden are parts of the names of points that only the super user sees;
	// other are points of another value than it sees.
	hidden []string
	other  map[string]int64
	// lines are the log's, by their beginnings.
	lines []string
	// errors are APIs and codes that are counted in every scrape, groups are
	// those of a scrape by outcome.
	errors []string
	groups map[string]int64
}{
	"nobody": {
		hidden: []string{"topic=", "group="},
		lines:  []string{clusterHidden, topicsHidden},
		groups: map[string]int64{"seen": 0, "failed": 0},
	},
	"without_cluster": {
		acls:   []acl{describeTopics, describeGroups},
		lines:  []string{clusterHidden},
		groups: map[string]int64{"seen": 5, "failed": 0},
	},
	"without_some_groups": {
		acls:   []acl{describeCluster, describeTopics, {kadm.OpDescribe, "group", "bill*"}},
		hidden: []string{"group=audit", "group=classic", "group=counting", "group=modern"},
		other: map[string]int64{ // what ListGroups returns
			"kafka.consumer_group.info group=audit state=Empty type=classic protocol= coordinator=1":    1,
			"kafka.consumer_group.info group=classic state=Stable type=classic protocol= coordinator=1": 1,
			"kafka.consumer_group.info group=counting state=Empty type=streams protocol= coordinator=1": 1,
			"kafka.consumer_group.info group=modern state=Stable type=consumer protocol= coordinator=1": 1,
		},
		lines:  []string{"OffsetFetch" + groupHidden},
		errors: []string{"OffsetFetch GROUP_AUTHORIZATION_FAILED"},
		groups: map[string]int64{"seen": 5, "failed": 4},
	},
	"without_cluster_and_some_groups": {
		acls:   []acl{describeTopics, {kadm.OpDescribe, "group", "billing"}},
		hidden: []string{"group=audit", "group=classic", "group=counting", "group=modern"},
		lines:  []string{clusterHidden},
		groups: map[string]int64{"seen": 1, "failed": 0},
	},
	"without_groups": {
		acls:   []acl{describeTopics},
		hidden: []string{"group="},
		lines:  []string{clusterHidden},
		groups: map[string]int64{"seen": 0, "failed": 0},
	},
	"without_a_topic": {
		acls:   []acl{describeCluster, {kadm.OpDescribe, "topic", "orders"}, describeGroups},
		hidden: []string{"topic=secret", "members group=modern", "rebalancing group=modern", "info group=modern", "streams_group", "rebalancing group=counting", "lag_max group=counting"},
		other: map[string]int64{
			// The greatest of what is seen.
			"kafka.consumer_group.lag_max group=billing":                                                6,
			"kafka.consumer_group.lag_max group=modern":                                                 5,
			"kafka.consumer_group.info group=modern state=Stable type=consumer protocol= coordinator=1": 1,
		},
		lines:  []string{topicOfGroup, topicOfStreams},
		errors: []string{"ConsumerGroupDescribe TOPIC_AUTHORIZATION_FAILED", "StreamsGroupDescribe TOPIC_AUTHORIZATION_FAILED"},
		groups: map[string]int64{"seen": 5, "failed": 0},
	},
	"without_topics": {
		acls:   []acl{describeCluster, describeGroups},
		hidden: []string{"topic=", "lag_max", "members group=modern", "rebalancing group=modern", "info group=modern", "streams_group", "rebalancing group=counting", "lag_max group=counting"},
		other: map[string]int64{
			"kafka.consumer_group.info group=modern state=Stable type=consumer protocol= coordinator=1": 1,
		},
		lines:  []string{topicsHidden, topicOfGroup, topicOfStreams},
		errors: []string{"ConsumerGroupDescribe TOPIC_AUTHORIZATION_FAILED", "StreamsGroupDescribe TOPIC_AUTHORIZATION_FAILED"},
		groups: map[string]int64{"seen": 5, "failed": 0},
	},
	// Kafka takes these for Describe too.
	"with_other_operations": {
		acls:   []acl{{kadm.OpAlter, "cluster", ""}, {kadm.OpRead, "topic", "*"}, {kadm.OpRead, "group", "*"}},
		groups: map[string]int64{"seen": 5, "failed": 0},
	},
}

func TestIntegrationACLs(t *testing.T) {
	cluster := startKafka(t, slices.Concat(
		slices.Collect(maps.Keys(cases)), slices.Collect(maps.Keys(optionalCases)), []string{admin, monitor, team})...)
	all := see(t, cluster, login(admin))
	require.Contains(t, all.points, "kafka.consumer_group.lag group=modern topic=secret partition=0")
	require.Empty(t, all.lines)

	acls := map[string][]acl{}
	for user, c := range cases {
		acls[user] = c.acls
	}
	grant(t, cluster, acls)
	for user, want := range cases {
		t.Run(user, func(t *testing.T) {
			got := see(t, cluster, login(user))
			points := without(all.points, want.hidden...)
			maps.Copy(points, want.other)
			assert.Equal(t, points, got.points)
			assertLines(t, want.lines, got)
			assert.ElementsMatch(t, want.errors, slices.Collect(maps.Keys(got.errors)))
			for name, n := range got.errors {
				assert.GreaterOrEqual(t, n, int64(scrapes), name)
			}
			for outcome, n := range want.groups {
				assert.Equal(t, n, got.groups[outcome], outcome)
			}
		})
	}
	t.Run("optional", func(t *testing.T) { seeOptional(t, cluster) })
	t.Run("as documented", func(t *testing.T) { followTheDocs(t, cluster, all) })
	t.Run("failing logins", func(t *testing.T) { failToLogIn(t, cluster) })
	t.Run("kafkalag-check", func(t *testing.T) { seeChecks(t, cluster) })
}

// failToLogIn checks what a login says that the broker does not take.
func failToLogIn(t *testing.T, cluster *kafkatest.Cluster) {
	t.Helper()
	for name, tt := range map[string]struct {
		sasl *sasl.Config
		line string
	}{
		"none": {nil, "Metadata NO_CONNECTION: it closed the connection on the first request: a SASL login is missing"},
		"a wrong password": {
			&sasl.Config{Mechanism: "PLAIN", Username: admin, Password: "guessed"},
			"Metadata SASL_AUTHENTICATION_FAILED: SASL PLAIN login failed: wrong user name or password",
		},
		"a mechanism that is not offered": {
			&sasl.Config{Mechanism: "SCRAM-SHA-256", Username: admin, Password: "guessed"},
			"Metadata UNSUPPORTED_SASL_MECHANISM: SASL SCRAM-SHA-256 login failed: the broker does not offer this mechanism on this port",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := see(t, cluster, tt.sasl)
			assert.Empty(t, got.points)
			assertLines(t, []string{tt.line}, got)
		})
	}
}

func without(points map[string]int64, hidden ...string) map[string]int64 {
	left := maps.Clone(points)
	maps.DeleteFunc(left, func(name string, _ int64) bool {
		return slices.ContainsFunc(hidden, func(part string) bool { return strings.Contains(name, part) })
	})
	return left
}

// assertLines checks that the log has these lines, each once for all scrapes.
func assertLines(t *testing.T, want []string, got seen) {
	t.Helper()
	assert.Len(t, got.lines, len(want), "%v", got.lines)
	for _, line := range want {
		n := 0
		for _, logged := range got.lines {
			if strings.HasPrefix(logged, line) {
				n++
			}
		}
		assert.Equal(t, 1, n, "lines that begin with %q among %q", line, got.lines)
	}
}
