// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// oneCommit is a cluster whose one topic ends at end, or is offline where that is
// Unknown; its group has committed 4.
func oneCommit(clusterID string, end cluster.Offset) *cluster.Snapshot {
	s := oneBroker()
	s.ClusterID = clusterID
	p := cluster.Partition{Leader: 1, Start: 0, End: end}
	if end == cluster.Unknown {
		p.Leader, p.Start = cluster.NoBroker, cluster.Unknown
	}
	s.Topics = map[string]*cluster.Topic{"orders": {Name: "orders", Partitions: []cluster.Partition{p}}}
	s.Groups = map[string]*cluster.Group{"billing": {
		Name: "billing", CommitsKnown: true,
		Commits: []cluster.TopicCommits{{Topic: "orders", Partitions: []cluster.Commit{{Offset: 4}}}},
	}}
	return s
}

// What is remembered belongs to one cluster: a topic of the same name has another
// end, another status and other times in another one.
func TestMemoryOfAnotherCluster(t *testing.T) {
	for name, tt := range map[string]struct {
		next       string
		remembered bool
	}{
		"the same cluster":  {next: "A", remembered: true},
		"one without an id": {next: "", remembered: true},
		"another cluster":   {next: "B"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			cfg.Metrics.KafkaConsumerGroupStatus.Enabled = true
			cfg.StatusWindow = 2
			c := &fakeClient{}
			s := newTestScraper(settings(zap.NewNop()), cfg, c)
			require.NoError(t, s.start(t.Context(), &fakeHost{}))
			scrape := func(next *cluster.Snapshot) map[string]map[string]int64 {
				c.change(func(context.Context) (*cluster.Snapshot, error) { return next, nil })
				metrics, _ := s.scrape(t.Context())
				return metrictest.Points(metrics)
			}
			for range 2 {
				scrape(oneCommit("A", 10))
			}
			require.Contains(t, scrape(oneCommit("A", 10)), "kafka.consumer_group.status")
			got := scrape(oneCommit(tt.next, cluster.Unknown))
			assert.Equal(t, tt.remembered, got["kafka.consumer_group.lag"] != nil)
			assert.Equal(t, tt.remembered, got["kafka.consumer_group.status"] != nil)
			got = scrape(oneCommit(tt.next, 10))
			assert.Equal(t, map[string]int64{"group=billing topic=orders partition=0": 6}, got["kafka.consumer_group.lag"])
		})
	}
}
