// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

var at = time.Unix(1_700_000_000, 0)

// sample is a cluster with one of everything that has a rule of its own:
//   - broker 3 has no rack;
//   - orders/1 is led by its second replica and not fully in sync, its end
//     offset is not known;
//   - orders/2 has no leader, and its replica is to move to broker 1;
//   - payments is only known by name;
//   - billing has committed nothing in orders/2 and lost records of orders/0 to
//     retention; shipping has stopped; nobody answered for audit;
//   - workers shares its records, has not started in orders/1 as far as is known,
//     and printers is on a broker that does not count;
//   - billing is rebalancing;
//   - the quorum's leader has not heard from controller 3, and one broker follows;
//   - a transaction is open in orders/0, and broker 3 knows none;
//   - orders has a retention time and users none; broker 2 said nothing of its
//     disks, broker 3 not what is left on them; one of broker 1 is cordoned, one of
//     broker 3 offline.
func sample() (*cluster.Snapshot, *lag.Report) {
	first := &cluster.Member{ClientID: "billing-1", Host: "/10.0.0.1", InstanceID: "host-1"}
	second := &cluster.Member{ClientID: "billing-2", Host: "/10.0.0.2"}
	snapshot := &cluster.Snapshot{
		ClusterID: "c1",
		Brokers: map[int32]cluster.Broker{
			1: {ID: 1, Address: "b1:9092", Rack: "east"},
			2: {ID: 2, Address: "b2:9092", Rack: "west"},
			3: {ID: 3, Address: "b3:9092"},
		},
		Topics: map[string]*cluster.Topic{
			"orders": {Name: "orders", Config: &cluster.TopicConfig{
				MinInSync: new(int64(2)), RetentionTime: new(int64(3_600_999)), RetentionSize: new(cluster.NoLimit),
			}, Partitions: []cluster.Partition{
				{ID: 0, Leader: 1, Replicas: []int32{1, 2, 3}, InSync: []int32{1, 2, 3}, Start: 10, End: 100, LastStable: 70, HighWatermark: 100, Size: 4096, SizeKnown: true, ProduceRate: 1.5, ProduceRateKnown: true},
				{
					ID: 1, Leader: 2, Replicas: []int32{1, 2, 3}, InSync: []int32{2, 3}, Start: 0, End: cluster.Unknown,
					LastStable: cluster.Unknown, HighWatermark: cluster.Unknown, EligibleLeaders: 1, EligibleLeadersKnown: true,
				},
				{
					ID: 2, Leader: cluster.NoBroker, Replicas: []int32{3}, Start: cluster.Unknown, End: 7, LastStable: cluster.Unknown, HighWatermark: cluster.Unknown,
					Reassignment: &cluster.Reassignment{Replicas: []int32{1, 3}, Adding: []int32{1}, Removing: []int32{3}},
				},
			}},
			"users": {Name: "users", Config: &cluster.TopicConfig{
				RetentionTime: new(cluster.NoLimit), RetentionSize: new(int64(1_000)),
			}, Partitions: []cluster.Partition{{ID: 0, Leader: 3, Replicas: []int32{3}, InSync: []int32{3}, Start: 0, End: 0}}},
			"payments": {Name: "payments", Unclear: true},
		},
		Groups: map[string]*cluster.Group{
			"billing": {
				Name: "billing", Coordinator: 1, State: "Stable", Type: "consumer", Protocol: "uniform", Members: 2, Described: true, CommitsKnown: true,
				Rebalancing: true, Epoch: 12, EpochKnown: true,
				Assigned: []cluster.Assignment{
					{Topic: "orders", Members: 2, Partitions: []int32{0, 1, 2}, Owners: []*cluster.Member{first, second, first}},
					{Topic: "users", Members: 1, Partitions: []int32{0}, Owners: []*cluster.Member{first}},
				},
			},
			"shipping": {Name: "shipping", Coordinator: 2, State: "Empty", Type: "classic", Described: true, CommitsKnown: true},
			"audit":    {Name: "audit", Coordinator: 3},
			"counting": {
				Name: "counting", Coordinator: 2, State: "Reconciling", Type: "streams", Members: 4, Described: true, CommitsKnown: true,
				Rebalancing: true, Epoch: 7, EpochKnown: true, Tasks: cluster.Tasks{Active: 6, Standby: 5, Warmup: 1},
			},
			"workers": {Name: "workers", Coordinator: 1, State: "Stable", Type: "share", Members: 3, Described: true, CommitsKnown: true},
		},
		Quorum: &cluster.Quorum{
			Leader: 1, Epoch: 7,
			Voters: []cluster.QuorumReplica{
				{ID: 1, Lag: 0, LastFetchAge: new(int64(0)), LastCaughtUpAge: new(int64(0))},
				{ID: 2, Lag: 12, LastFetchAge: new(int64(250)), LastCaughtUpAge: new(int64(1_500))},
				{ID: 3, Lag: cluster.None},
			},
			Observers: []cluster.QuorumReplica{{ID: 4, Lag: 3, LastFetchAge: new(int64(90_000)), LastCaughtUpAge: new(int64(91_000))}},
		},
		BrokerConfigs: map[int32]cluster.BrokerConfig{
			1: {RetentionTime: new(int64(604_800_000))},
			2: {RetentionTime: new(cluster.NoLimit)},
			3: {},
		},
		LogDirs: map[int32][]cluster.LogDir{
			1: {
				{Path: "/a", SizeKnown: true, Size: 10, Total: 100, Usable: 80, VolumeKnown: true, CordonedKnown: true},
				{Path: "/b", SizeKnown: true, Size: 20, Total: 100, Usable: 80, VolumeKnown: true, Cordoned: true, CordonedKnown: true},
			},
			3: {{Path: "/a", SizeKnown: true, Size: 30}, {Path: "/b", Offline: true}},
		},
	}
	report := &lag.Report{Groups: []lag.Group{
		{Name: "billing", LagMax: cluster.Unknown, LagSum: cluster.Unknown, Topics: []lag.Topic{
			{
				Name: "orders", OffsetSum: 46, LagSum: cluster.Unknown, Expired: 4, Uncommitted: 1,
				Partitions: []lag.Partition{{ID: 0, Committed: 6, Lag: 94, Age: aged(7200), Status: lag.StatusRewind}, {ID: 1, Committed: 40, Lag: cluster.Unknown}},
			},
			{
				Name: "users", OffsetSum: cluster.Unknown, LagSum: cluster.Unknown, Expired: cluster.Unknown,
				Partitions: []lag.Partition{{ID: 0, Committed: cluster.Unknown, Lag: cluster.Unknown}},
			},
		}},
		{Name: "idle", LagMax: cluster.None, LagSum: cluster.None},
		{Name: "shipping", LagMax: 2, LagSum: 4, Status: lag.StatusWarn, Topics: []lag.Topic{{
			Name: "orders", OffsetSum: 103, LagSum: 2, Expired: 0,
			AgeMax: aged(90.5), RetentionMargin: aged(3500.5),
			Progress: lag.Progress{
				CommitAge: aged(30), Stalled: aged(20), Drain: aged(8.5), CatchUp: aged(12.5), ConsumeRate: lag.Rate{PerSecond: 0.75, Known: true},
			},
			Partitions: []lag.Partition{
				{ID: 0, Committed: 98, Lag: 2, Age: aged(90.5), Status: lag.StatusWarn},
				{ID: 2, Committed: 5, Lag: 2, Age: aged(0.25), Status: lag.StatusOK},
			},
		}}},
	}, Share: []lag.Group{
		{Name: "printers", Share: true, LagMax: cluster.None, Topics: []lag.Topic{{
			Name: "orders", LagSum: cluster.None, Partitions: []lag.Partition{{ID: 0, Committed: 20, Lag: cluster.None}},
		}}},
		{Name: "workers", Share: true, LagMax: cluster.Unknown, Topics: []lag.Topic{
			{
				Name: "orders", LagSum: cluster.Unknown,
				Partitions: []lag.Partition{{ID: 0, Committed: 30, Lag: 50, Age: aged(60)}, {ID: 1, Committed: cluster.Unknown, Lag: cluster.Unknown}},
			},
			{
				Name: "users", LagSum: 0, AgeMax: aged(0), Progress: lag.Progress{Stalled: aged(0)},
				Partitions: []lag.Partition{{ID: 0, Committed: 0, Lag: 0, Age: aged(0)}},
			},
		}},
	}, ZooKeeper: []lag.Group{
		{Name: "old", LagMax: 90, Topics: []lag.Topic{{
			Name: "orders", Partitions: []lag.Partition{{ID: 0, Committed: 10, Lag: 90}, {ID: 2, Committed: 7, Lag: 0}},
		}}},
	}, Transactions: []lag.Topic{
		{Name: "orders", Partitions: []lag.Partition{{ID: 0, Committed: 70, Lag: 30, Age: aged(1200)}, {ID: 1, Committed: 5, Lag: 1}}},
	}}
	return snapshot, report
}

func aged(seconds float64) lag.Age {
	return lag.Age{Duration: time.Duration(seconds * float64(time.Second)), Known: true}
}

func newConfig() metadata.MetricsBuilderConfig { return metadata.NewDefaultMetricsBuilderConfig() }

func newRecorder(cfg metadata.MetricsBuilderConfig) *Recorder {
	started := metadata.WithStartTime(pcommon.NewTimestampFromTime(at.Add(-time.Hour)))
	return New(receivertest.NewNopSettings(metadata.Type), cfg, "", started)
}

func TestRecordGolden(t *testing.T) {
	all, brokers := newConfig(), newConfig()
	metrictest.EnableAll(&all.Metrics)
	brokers.Metrics = metadata.MetricsConfig{KafkaBrokers: metadata.KafkaBrokersMetricConfig{Enabled: true}}
	for name, tt := range map[string]struct {
		cfg       metadata.MetricsBuilderConfig
		id, alias string
	}{
		"default": {newConfig(), "c1", ""},
		"all":     {all, "c1", ""},
		"alias":   {brokers, "c1", "eu-orders"},
		"no-id":   {brokers, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot, report := sample()
			snapshot.ClusterID = tt.id
			r := newRecorder(tt.cfg)
			r.alias = tt.alias
			got, _ := r.Record(at, snapshot, report)
			requireGolden(t, name, got)
		})
	}
}

func TestRecordNothing(t *testing.T) {
	got, missing := newRecorder(newConfig()).Record(at, &cluster.Snapshot{ClusterID: "c1"}, &lag.Report{})
	assert.Zero(t, got.DataPointCount(), "not even a number of brokers")
	assert.Zero(t, missing)
}

func TestRecordCountsMissingPointsOfEnabledMetrics(t *testing.T) {
	for name, tt := range map[string]struct {
		enable func(*metadata.MetricsConfig)
		want   int
	}{
		"partitions":     {func(on *metadata.MetricsConfig) { on.KafkaTopicPartitions.Enabled = true }, 1},
		"current_offset": {func(on *metadata.MetricsConfig) { on.KafkaPartitionCurrentOffset.Enabled = true }, 1},
		"oldest_offset":  {func(on *metadata.MetricsConfig) { on.KafkaPartitionOldestOffset.Enabled = true }, 1},
		"gap":            {func(on *metadata.MetricsConfig) { on.KafkaPartitionLastStableOffsetGap.Enabled = true }, 1},
		"offset":         {func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupOffset.Enabled = true }, 1},
		"offset_sum":     {func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupOffsetSum.Enabled = true }, 1},
		"lag":            {func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLag.Enabled = true }, 2},
		"lag_sum":        {func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLagSum.Enabled = true }, 2},
		"group_lag_sum":  {func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupGroupLagSum.Enabled = true }, 1},
		"lag_max":        {func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLagMax.Enabled = true }, 1},
		"expired":        {func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupExpired.Enabled = true }, 1},
		"none":           {func(*metadata.MetricsConfig) {}, 0},
		"all":            {func(on *metadata.MetricsConfig) { *on = metadata.DefaultMetricsConfig() }, 14},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			cfg.Metrics = metadata.MetricsConfig{}
			tt.enable(&cfg.Metrics)
			snapshot, report := sample()
			_, missing := newRecorder(cfg).Record(at, snapshot, report)
			assert.Equal(t, tt.want, missing)
		})
	}
}

func TestRecordStartsAfreshEachScrape(t *testing.T) {
	r := newRecorder(newConfig())
	snapshot, report := sample()
	first, missing := r.Record(at, snapshot, report)
	second, again := r.Record(at.Add(time.Minute), snapshot, report)
	assert.Equal(t, missing, again)
	assert.Equal(t, first.DataPointCount(), second.DataPointCount())
	point := second.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().At(0)
	assert.Equal(t, pcommon.NewTimestampFromTime(at.Add(time.Minute)), point.Timestamp())
}

// A scrape is recorded in parts, so that exporters can cut it by bytes in one
// pass; a group or topic is whole in its part.
func TestRecordInRounds(t *testing.T) {
	snapshot, report := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}}, &lag.Report{}
	const many, partitions = 200, 50
	for i := range many {
		name := fmt.Sprintf("%03d", i)
		snapshot.Topics[name] = &cluster.Topic{Name: name, Partitions: make([]cluster.Partition, partitions)}
		lags := lag.Topic{Name: name, Partitions: make([]lag.Partition, partitions)}
		report.Groups = append(report.Groups, lag.Group{Name: name, Topics: []lag.Topic{lags}})
	}
	metrics, _ := newRecorder(newConfig()).Record(at, snapshot, report)

	assert.Greater(t, metrics.ResourceMetrics().Len(), 10)
	lagged := 0
	for _, part := range metrics.ResourceMetrics().All() {
		alone := pmetric.NewMetrics()
		part.CopyTo(alone.ResourceMetrics().AppendEmpty())
		assert.LessOrEqual(t, alone.DataPointCount(), 3*roundPoints)
		for _, m := range part.ScopeMetrics().At(0).Metrics().All() {
			if m.Name() == "kafka.consumer_group.lag" {
				lagged += m.Gauge().DataPoints().Len()
			}
		}
	}
	assert.Equal(t, many*partitions, lagged)
}

// Which worker recorded a round does not show.
func TestRecordByManyWorkers(t *testing.T) {
	report := groupsOf(100)
	for g := range report.Groups {
		report.Groups[g].LagMax = cluster.Unknown
	}
	one, four := newRecorder(newConfig()), newRecorder(newConfig())
	one.workers = one.workers[:1]
	for len(four.workers) < 4 {
		four.workers = append(four.workers, newRecorder(newConfig()).workers...)
	}
	want, missing := one.Record(at, &cluster.Snapshot{ClusterID: "c1"}, report)
	require.Equal(t, len(report.Groups), missing)
	for range 5 {
		got, same := four.Record(at, &cluster.Snapshot{ClusterID: "c1"}, report)
		assert.Equal(t, missing, same)
		assert.True(t, bytes.Equal(marshaled(t, want), marshaled(t, got)))
	}
}

func marshaled(t *testing.T, metrics pmetric.Metrics) []byte {
	t.Helper()
	all, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(metrics)
	require.NoError(t, err)
	return all
}

// All points begin when the recorder was made, whoever makes them.
func TestRecordHasOneStart(t *testing.T) {
	r := New(receivertest.NewNopSettings(metadata.Type), newConfig(), "")
	metrics, _ := r.Record(at, &cluster.Snapshot{}, groupsOf(100))
	starts := map[pcommon.Timestamp]bool{}
	for _, rm := range metrics.ResourceMetrics().All() {
		for _, m := range rm.ScopeMetrics().At(0).Metrics().All() {
			for _, p := range numbersOf(m).All() {
				starts[p.StartTimestamp()] = true
			}
		}
	}
	assert.Len(t, starts, 1)
}

// groupsOf is a report of so many groups with 200 partitions each.
func groupsOf(groups int) *lag.Report {
	report := &lag.Report{}
	for g := range groups {
		group := lag.Group{Name: fmt.Sprintf("group-%03d", g), LagMax: 5}
		for n := range 20 {
			topic := lag.Topic{Name: fmt.Sprintf("topic-%02d", n), OffsetSum: 1000, LagSum: 50}
			for p := range 10 {
				topic.Partitions = append(topic.Partitions, lag.Partition{ID: int32(p), Committed: 100, Lag: 5})
			}
			group.Topics = append(group.Topics, topic)
		}
		report.Groups = append(report.Groups, group)
	}
	return report
}

// A group-partition costs two data points of six allocations, and a little for
// what it is a part of.
func TestRecordAllocations(t *testing.T) {
	const groups = 10
	report := groupsOf(groups)
	r := newRecorder(newConfig())
	r.Record(at, &cluster.Snapshot{}, report) // sizes the buffers
	each := testing.AllocsPerRun(5, func() { r.Record(at, &cluster.Snapshot{}, report) }) / (groups * 200)
	assert.Less(t, each, 14.0)
}

// BenchmarkRecord records two points for each of 100,000 group-partitions.
func BenchmarkRecord(b *testing.B) {
	report := groupsOf(500)
	r := newRecorder(newConfig())
	b.ReportAllocs()
	for b.Loop() {
		metrics, _ := r.Record(at, &cluster.Snapshot{}, report)
		b.ReportMetric(float64(metrics.DataPointCount()), "points/op")
	}
}
