// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// keyEffects has, for every key that this package acts on, a change of its
// value and what is to be seen of it. The keys of kafka.Config are handed on
// whole and tested where they act.
var keyEffects = map[string]struct {
	change func(*Config)
	effect func(*testing.T, *Config) any
}{
	"collection_interval":      {func(c *Config) { c.CollectionInterval = time.Minute }, askedAt},
	"initial_delay":            {func(c *Config) { c.InitialDelay = 7 * time.Second }, askedAt},
	"timeout":                  {func(c *Config) { c.Timeout = time.Minute }, timeToAnswer},
	"cluster_alias":            {func(c *Config) { c.ClusterAlias = "eu" }, resourceOf},
	"topic_match":              {func(c *Config) { c.TopicMatch = "^b" }, topicsAsked},
	"topic_exclude":            {func(c *Config) { c.TopicExclude = "^b" }, topicsAsked},
	"group_match":              {func(c *Config) { c.GroupMatch = "^b" }, groupsAsked},
	"group_exclude":            {func(c *Config) { c.GroupExclude = "^b" }, groupsAsked},
	"group_states":             {func(c *Config) { c.GroupStates = []string{"Stable"} }, askedOf},
	"group_types":              {func(c *Config) { c.GroupTypes = []string{"classic"} }, askedOf},
	"isolation_level":          {func(c *Config) { c.IsolationLevel = readCommitted }, askedOf},
	"zookeeper":                {func(c *Config) { c.ZooKeeper.Servers = []string{"z:2181"} }, zooKeeperRead},
	"only_assigned_partitions": {func(c *Config) { c.OnlyAssignedPartitions = true }, lagOfUnassigned},
	"coordination":             {func(c *Config) { c.Coordination.GroupID = "kafkalag" }, isMember},
	"retention_margin_by_size": {func(c *Config) { c.RetentionMarginBySize = true }, askedOf},
	"status_window":            {func(c *Config) { c.StatusWindow = 2 }, scrapesUntilStall},
	"time_lag":                 {func(c *Config) { c.TimeLag = TimeLagConfig{History: time.Minute, SearchBudget: 7} }, searchOf},
	"max_groups":               {func(c *Config) { c.MaxGroups = 1 }, askedOf},
	"max_group_partitions":     {func(c *Config) { c.MaxGroupPartitions = 1 }, pointsOfAScrape},
	"metrics":                  {func(c *Config) { c.Metrics.KafkaBrokers.Enabled = false }, pointsOfAScrape},
	"resource_attributes":      {func(c *Config) { c.ResourceAttributes.KafkaClusterID.Enabled = false }, resourceOf},
}

func TestEveryKeyChangesSomething(t *testing.T) {
	for _, key := range ownKeys() {
		t.Run(key, func(t *testing.T) {
			tt, ok := keyEffects[key]
			require.True(t, ok, "add the key to keyEffects")
			changed := newConfig()
			tt.change(changed)
			assert.NotEqual(t, tt.effect(t, newConfig()), tt.effect(t, changed))
		})
	}
}

// ownKeys lists the keys of Config, those of kafka.Config left out.
func ownKeys() []string {
	var keys []string
	var collect func(reflect.Type)
	collect = func(of reflect.Type) {
		for field := range of.Fields() {
			tag, isKey := field.Tag.Lookup("mapstructure")
			name, squash, _ := strings.Cut(tag, ",")
			switch {
			case !isKey:
			case squash == "":
				keys = append(keys, name)
			case field.Name != "Config":
				collect(field.Type)
			}
		}
	}
	collect(reflect.TypeFor[Config]())
	return keys
}

// askedAt is when a receiver asks during its first two minutes.
func askedAt(t *testing.T, cfg *Config) any {
	t.Helper()
	var at []time.Duration
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := answering(func(context.Context) (*cluster.Snapshot, error) {
			at = append(at, time.Since(began))
			return oneBroker(), nil
		})
		metrics, _, _ := start(t, cfg, c, zap.NewNop())
		time.Sleep(2*time.Minute - 1)
		require.NoError(t, metrics.Shutdown(context.Background()))
	})
	return at
}

// timeToAnswer is how long a client gets.
func timeToAnswer(t *testing.T, cfg *Config) any {
	t.Helper()
	var took time.Duration
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := newTestScraper(settings(zap.NewNop()), cfg, answering(func(ctx context.Context) (*cluster.Snapshot, error) {
			<-ctx.Done()
			return oneBroker(), nil
		}))
		_, err := s.scrape(t.Context())
		require.NoError(t, err)
		took = time.Since(began)
	})
	return took
}

func resourceOf(t *testing.T, cfg *Config) any {
	t.Helper()
	s := newTestScraper(settings(zap.NewNop()), cfg, answering(func(context.Context) (*cluster.Snapshot, error) {
		snapshot := oneBroker()
		snapshot.ClusterID = "c1"
		return snapshot, nil
	}))
	metrics, err := s.scrape(t.Context())
	require.NoError(t, err)
	return metrics.ResourceMetrics().At(0).Resource().Attributes().AsRaw()
}

// scrapesUntilStall is how often a group that stands still is seen before it is
// said to.
func scrapesUntilStall(t *testing.T, cfg *Config) any {
	t.Helper()
	cfg.Metrics.KafkaConsumerGroupStatus.Enabled = true
	s := newTestScraper(settings(zap.NewNop()), cfg, answering(func(context.Context) (*cluster.Snapshot, error) {
		return oneGroup(cluster.Partition{Leader: 1, Start: 0, End: 100}), nil
	}))
	for scrapes := 1; ; scrapes++ {
		metrics, err := s.scrape(t.Context())
		require.NoError(t, err)
		for status := range metrictest.Points(metrics)["kafka.consumer_group.status"] {
			if strings.Contains(status, "STALL") {
				return scrapes
			}
		}
		require.Less(t, scrapes, 100)
	}
}

// isMember is whether a receiver is one of several.
func isMember(t *testing.T, cfg *Config) any {
	t.Helper()
	own, err := selfmetrics.New(settings(zap.NewNop()))
	require.NoError(t, err)
	m, err := newMember(cfg, zap.NewNop(), own)
	require.NoError(t, err)
	return m != nil
}

func searchOf(_ *testing.T, cfg *Config) any { return searchConfig(cfg) }

func pointsOfAScrape(t *testing.T, cfg *Config) any {
	t.Helper()
	s := newTestScraper(settings(zap.NewNop()), cfg, answering(func(context.Context) (*cluster.Snapshot, error) {
		return groupsOf(map[string]int{"large": 3}), nil
	}))
	metrics, err := s.scrape(t.Context())
	require.NoError(t, err)
	return metrics.DataPointCount()
}

func topicsAsked(_ *testing.T, cfg *Config) any { return asked(snapshotRequest(cfg).Topic) }
func groupsAsked(_ *testing.T, cfg *Config) any { return asked(snapshotRequest(cfg).Group) }

func asked(wants func(string) bool) []string {
	var names []string
	for _, name := range []string{"a", "b"} {
		if wants(name) {
			names = append(names, name)
		}
	}
	return names
}

// askedOf is everything that is asked except by name.
func askedOf(_ *testing.T, cfg *Config) any {
	ask := snapshotRequest(cfg)
	ask.Topic, ask.Group = nil, nil
	return ask
}

// zooKeeperRead reports whether offsets are read from ZooKeeper, where a metric
// needs them.
func zooKeeperRead(_ *testing.T, cfg *Config) any {
	cfg.Metrics.KafkaConsumerGroupZookeeperOffset.Enabled = true
	reads := commitsInZooKeeper(cfg, zap.NewNop()) != nil
	return reads
}

// lagOfUnassigned is the lag of a group without members.
func lagOfUnassigned(t *testing.T, cfg *Config) any {
	t.Helper()
	s := newTestScraper(settings(zap.NewNop()), cfg, answering(func(context.Context) (*cluster.Snapshot, error) {
		snapshot := oneBroker()
		snapshot.Topics = map[string]*cluster.Topic{"orders": {Name: "orders", Partitions: []cluster.Partition{{End: 10}}}}
		snapshot.Groups = map[string]*cluster.Group{"billing": {
			Name: "billing", Described: true, AssignedKnown: true, CommitsKnown: true,
			Commits: []cluster.TopicCommits{{Topic: "orders", Partitions: []cluster.Commit{{Offset: 4}}}},
		}}
		return snapshot, nil
	}))
	metrics, err := s.scrape(t.Context())
	require.NoError(t, err)
	return metrictest.Points(metrics)["kafka.consumer_group.lag"]
}
