// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// notInPoints has the metrics that the estimate leaves out.
var notInPoints = map[string]string{
	"kafka.broker.info":                        "one for each broker",
	"kafka.broker.log_dir.cordoned":            "one for each disk",
	"kafka.broker.log_dir.offline":             "one for each disk",
	"kafka.broker.log_dir.size":                "one for each disk",
	"kafka.broker.log_dir.total":               "one for each disk",
	"kafka.broker.log_dir.usable":              "one for each disk",
	"kafka.broker.log_retention_period":        "one for each broker",
	"kafka.brokers":                            "one",
	"kafka.partition.eligible_leader_replicas": "few partitions have one",
	"kafka.partition.reassigning":              "few partitions have any",
	"kafka.quorum.epoch":                       "one",
	"kafka.quorum.leader":                      "one",
	"kafka.quorum.observers":                   "one",
	"kafka.quorum.replica.lag":                 "one for each replica of the quorum",
	"kafka.quorum.replica.last_caught_up_age":  "one for each replica of the quorum",
	"kafka.quorum.replica.last_fetch_age":      "one for each replica of the quorum",
	"kafka.quorum.voters":                      "one",
}

// Where all is known, the estimate is as many as are made of each metric alone, so that none
// is forgotten, nor counted where it is off.
func TestPointsOfOneMetric(t *testing.T) {
	snapshot, report := known()
	var metrics metadata.MetricsConfig
	for field, metric := range reflect.ValueOf(&metrics).Elem().Fields() {
		name := field.Tag.Get("mapstructure")
		t.Run(name, func(t *testing.T) {
			enabled := metric.FieldByName("Enabled")
			enabled.SetBool(true)
			defer enabled.SetBool(false)
			cfg := newConfig()
			cfg.Metrics = metrics
			r := newRecorder(cfg)
			recorded, _ := r.Record(at, snapshot, report)
			want := recorded.DataPointCount()
			assert.Positive(t, want)
			if notInPoints[name] != "" {
				want = 0
			}
			assert.Equal(t, want, r.Points(snapshot, report))
		})
	}
}

func TestPoints(t *testing.T) {
	snapshot, report := known()
	firstSnapshot, firstReport := firstScrape()
	elsewhere := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Partitions: make([]cluster.Partition, 9), Elsewhere: true}}}
	byDefault, all := newConfig(), newConfig()
	metrictest.EnableAll(&all.Metrics)
	off := newConfig()
	off.Metrics = metadata.MetricsConfig{}
	for name, tt := range map[string]struct {
		cfg      metadata.MetricsBuilderConfig
		snapshot *cluster.Snapshot
		report   *lag.Report
		within   float64
	}{
		"default":                   {byDefault, snapshot, report, 0.01},
		"all":                       {all, snapshot, report, 0.05},
		"none":                      {off, snapshot, report, 0},
		"default, the first scrape": {byDefault, firstSnapshot, firstReport, 0.3},
		"all, the first scrape":     {all, firstSnapshot, firstReport, 0.3},
		"of nothing":                {all, &cluster.Snapshot{}, &lag.Report{}, 0},
		"of what is elsewhere":      {all, elsewhere, &lag.Report{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRecorder(tt.cfg)
			recorded, _ := r.Record(at, tt.snapshot, tt.report)
			want := recorded.DataPointCount()
			assert.InDelta(t, want, r.Points(tt.snapshot, tt.report), tt.within*float64(want))
		})
	}
}

// firstScrape is a cluster of which is known what a first scrape finds: no ages, and nothing
// that takes two of them.
func firstScrape() (*cluster.Snapshot, *lag.Report) {
	s, report := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}, Groups: map[string]*cluster.Group{}}, groupsOf(20)
	for i := range 200 {
		name := fmt.Sprintf("%03d", i)
		partition := cluster.Partition{Leader: 1, Replicas: []int32{1}, InSync: []int32{1}, End: 9, SizeKnown: true}
		s.Topics[name] = &cluster.Topic{
			Name: name, Config: &cluster.TopicConfig{MinInSync: new(int64(1))}, Partitions: slices.Repeat([]cluster.Partition{partition}, 10),
		}
		s.Groups[name] = &cluster.Group{Name: name, Described: true}
	}
	for _, g := range report.Groups {
		for _, t := range g.Topics {
			for p := range t.Partitions {
				t.Partitions[p].Status = lag.StatusOK
			}
		}
	}
	return s, report
}

// known is a cluster of which all is known that Points counts on, with another number of each
// kind of thing. Something of another collector's is in it.
func known() (*cluster.Snapshot, *lag.Report) {
	s, report := sample()
	topic := *s.Topics["orders"]
	topic.Config = &cluster.TopicConfig{MinInSync: new(int64(2)), RetentionTime: new(int64(3_600_000)), RetentionSize: new(int64(1))}
	topic.Partitions = slices.Repeat(topic.Partitions[:1], 101)
	topic.Partitions[7].EligibleLeadersKnown = true
	topic.Partitions[8].Reassignment = &cluster.Reassignment{Adding: []int32{1}}
	s.Topics = map[string]*cluster.Topic{}
	for _, name := range names(3) {
		topic.Name = name
		s.Topics[name] = new(topic)
	}
	s.Topics["0"].Elsewhere = true
	assigned := s.Groups["billing"].Assigned
	s.Groups = map[string]*cluster.Group{}
	for kind, many := range map[string]int{"classic": 5, cluster.TypeStreams: 6, cluster.TypeShare: 7, "consumer": 8, "": 9} {
		for _, name := range names(many) {
			g := &cluster.Group{Name: kind + name, Type: kind, Described: kind != "", EpochKnown: kind == "consumer"}
			if kind == "consumer" {
				g.Assigned = assigned
			}
			s.Groups[g.Name] = g
		}
	}
	report.Groups, report.Share, report.ZooKeeper = groupsKnown(10, 11, 12), groupsKnown(13, 14, 15), groupsKnown(16, 17, 18)
	report.Transactions = groupsKnown(1, 1, 19)[0].Topics
	return s, report
}

// groupsKnown is so many groups with that many topics each, and partitions in each of them.
func groupsKnown(groups, topics, partitions int) []lag.Group {
	partition := lag.Partition{Committed: 98, Lag: 2, Age: aged(1), Status: lag.StatusOK}
	one := lag.Group{LagMax: 2, LagSum: 4, Status: lag.StatusWarn}
	for _, name := range names(topics) {
		one.Topics = append(one.Topics, lag.Topic{
			Name: name, OffsetSum: 103, LagSum: 2, AgeMax: aged(1), RetentionMargin: aged(1),
			Progress: lag.Progress{
				CommitAge: aged(1), Stalled: aged(1), Drain: aged(1), CatchUp: aged(1), ConsumeRate: lag.Rate{PerSecond: 1, Known: true},
			},
			Partitions: slices.Repeat([]lag.Partition{partition}, partitions),
		})
	}
	all := slices.Repeat([]lag.Group{one}, groups)
	for i, name := range names(groups) {
		all[i].Name = name
	}
	return all
}

func names(many int) []string {
	all := make([]string, many)
	for i := range all {
		all[i] = fmt.Sprint(i)
	}
	return all
}
