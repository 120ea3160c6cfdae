// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// replica is one of several receivers that share a cluster, and what it last reported.
type replica struct {
	receiver.Metrics

	host *fakeHost
	logs *observer.ObservedLogs

	mu   sync.Mutex
	last map[string]map[string]int64
}

func (r *replica) points() map[string]map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// lines returns what the log says of warnings and errors, and of the group.
func (r *replica) lines() (lines []string) {
	for _, e := range r.logs.FilterFieldKey("coordination.group_id").All() {
		lines = append(lines, e.Message)
	}
	return lines
}

// sharedConfig is that of each replica.
func sharedConfig(brokers []string) *Config {
	cfg := newConfig()
	cfg.Brokers, cfg.InitialDelay, cfg.CollectionInterval = brokers, 0, 200*time.Millisecond
	cfg.Coordination = sharing.Config{GroupID: "kafkalag", SessionTimeout: 6 * time.Second}
	metrictest.EnableAll(&cfg.Metrics)
	// These depend on the time of a scrape, or on earlier ones.
	for _, m := range []*bool{
		&cfg.Metrics.KafkaConsumerGroupTimeLag.Enabled, &cfg.Metrics.KafkaConsumerGroupTimeLagMax.Enabled,
		&cfg.Metrics.KafkaConsumerGroupGroupTimeLagMax.Enabled, &cfg.Metrics.KafkaShareGroupTimeLag.Enabled,
		&cfg.Metrics.KafkaShareGroupTimeLagMax.Enabled, &cfg.Metrics.KafkaConsumerGroupRetentionMargin.Enabled,
		&cfg.Metrics.KafkaConsumerGroupCommitAge.Enabled, &cfg.Metrics.KafkaConsumerGroupCatchUpTime.Enabled,
		&cfg.Metrics.KafkaConsumerGroupStalledTime.Enabled, &cfg.Metrics.KafkaConsumerGroupDrainTime.Enabled,
		&cfg.Metrics.KafkaShareGroupStalledTime.Enabled, &cfg.Metrics.KafkaConsumerGroupConsumeRate.Enabled, &cfg.Metrics.KafkaPartitionProduceRate.Enabled,
		&cfg.Metrics.KafkaPartitionOpenTransactionAge.Enabled, &cfg.Metrics.KafkaQuorumReplicaLag.Enabled,
		&cfg.Metrics.KafkaQuorumReplicaLastCaughtUpAge.Enabled, &cfg.Metrics.KafkaQuorumReplicaLastFetchAge.Enabled,
		&cfg.Metrics.KafkaBrokerLogDirUsable.Enabled, &cfg.Metrics.KafkaBrokerLogDirSize.Enabled,
		&cfg.Metrics.KafkaPartitionSize.Enabled,
		// The group by which they share comes and goes with them.
		&cfg.Metrics.KafkaConsumerGroupStatus.Enabled, &cfg.Metrics.KafkaConsumerGroupPartitionStatus.Enabled,
	} {
		*m = false
	}
	return cfg
}

// startReplica starts a receiver of the real factory.
func startReplica(t *testing.T, cfg *Config) *replica {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	r := &replica{host: &fakeHost{}, logs: logs}
	next, err := consumer.NewMetrics(func(_ context.Context, m pmetric.Metrics) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.last = metrictest.Points(m)
		return nil
	})
	require.NoError(t, err)
	r.Metrics, err = NewFactory().CreateMetrics(t.Context(), settings(zap.New(core)), cfg, next)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context(), r.host))
	return r
}

func (r *replica) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, r.Shutdown(context.Background()))
}

// union adds up what the replicas last reported. It has an error for a point that two of
// them have.
func union(replicas ...*replica) (map[string]map[string]int64, error) {
	all := map[string]map[string]int64{}
	for _, r := range replicas {
		for metric, points := range r.points() {
			if all[metric] == nil {
				all[metric] = map[string]int64{}
			}
			for attributes, value := range points {
				if _, twice := all[metric][attributes]; twice {
					return nil, fmt.Errorf("%s{%s} is reported twice", metric, attributes)
				}
				all[metric][attributes] = value
			}
		}
	}
	return all, nil
}

// awaitUnion waits until the replicas together report the whole, each a part of it.
func awaitUnion(t *testing.T, whole map[string]map[string]int64, replicas ...*replica) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		together, err := union(replicas...)
		if assert.NoError(c, err) {
			assert.Equal(c, whole, together)
		}
		for i, r := range replicas {
			assert.NotEmpty(c, r.points(), "replica %d", i)
		}
	}, time.Minute, 100*time.Millisecond)
}

// seedShares makes groups and topics enough for each of three collectors to have some.
func seedShares(t *testing.T, seed kafkatest.Seed) {
	t.Helper()
	for i := range 8 {
		topic := fmt.Sprint("topic-", i)
		seed.CreateTopic(t, topic, 3, 1, nil)
		seed.ProduceEach(t, topic, 10, 20, 30)
		for _, group := range []string{"a", "b", "c"} {
			seed.Commit(t, fmt.Sprint(group, "-", i), map[string]map[int32]int64{topic: {0: 6, 1: 20}, "topic-0": {2: 3}})
		}
	}
}

// wholeOf returns what one collector alone reports.
func wholeOf(t *testing.T, brokers []string) map[string]map[string]int64 {
	t.Helper()
	cfg := sharedConfig(brokers)
	cfg.Coordination.GroupID = ""
	cfg.GroupExclude = "^kafkalag"
	alone := startReplica(t, cfg)
	defer alone.stop(t)
	require.Eventually(t, func() bool { return len(alone.points()) > 0 }, time.Minute, 100*time.Millisecond)
	return alone.points()
}

// shareTheCluster has three collectors share a cluster, and lets one go and come again.
func shareTheCluster(t *testing.T, seed kafkatest.Seed, brokers []string) {
	t.Helper()
	seedShares(t, seed)
	whole := wholeOf(t, brokers)
	require.Len(t, whole["kafka.consumer_group.info"], 24)
	a, b := startReplica(t, sharedConfig(brokers)), startReplica(t, sharedConfig(brokers))
	defer a.stop(t)
	defer b.stop(t)
	c := startReplica(t, sharedConfig(brokers))
	awaitUnion(t, whole, a, b, c)
	c.stop(t)
	awaitUnion(t, whole, a, b)
	c = startReplica(t, sharedConfig(brokers))
	defer c.stop(t)
	awaitUnion(t, whole, a, b, c)
	for _, r := range []*replica{a, b, c} {
		assert.Contains(t, r.lines(), "This collector is one of 3 that report the cluster together")
	}
}

func TestSeveralCollectorsAreTheWhole(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	shareTheCluster(t, fake.Seed, fake.Brokers())
}

func TestIntegrationSeveralCollectorsAreTheWhole(t *testing.T) {
	for _, version := range []string{"2.8.2", kafkatest.DefaultVersion} {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version})
			shareTheCluster(t, kafka.Seed, kafka.Brokers())
		})
	}
}

// A collector that keeps its name is waited for: nothing moves while it is away, until its
// session ends.
func TestIntegrationACollectorThatKeepsItsNameIsWaitedFor(t *testing.T) {
	for _, version := range []string{"2.8.2", kafkatest.DefaultVersion} {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version})
			seedShares(t, kafka.Seed)
			whole := wholeOf(t, kafka.Brokers())
			named := func(instance string) *Config {
				cfg := sharedConfig(kafka.Brokers())
				cfg.Coordination.InstanceID = instance
				return cfg
			}
			a, b := startReplica(t, named("a")), startReplica(t, named("b"))
			defer b.stop(t)
			awaitUnion(t, whole, a, b)
			part := b.points()
			before := len(b.lines())
			a.stop(t)
			a = startReplica(t, named("a"))
			awaitUnion(t, whole, a, b)
			assert.Equal(t, part, b.points())
			assert.Len(t, b.lines(), before, "nothing has moved")
			a.stop(t)
			awaitUnion(t, whole, b)
		})
	}
}

// Of two with one name, the one that came later goes on. The other one does not come back
// to push that one out.
func TestIntegrationTwoCollectorsOfOneName(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{})
	seedShares(t, kafka.Seed)
	whole := wholeOf(t, kafka.Brokers())
	cfg := sharedConfig(kafka.Brokers())
	cfg.Coordination.InstanceID = "same"
	first := startReplica(t, cfg)
	defer first.stop(t)
	awaitUnion(t, whole, first)
	second := startReplica(t, cfg)
	defer second.stop(t)
	awaitUnion(t, whole, second)
	require.Eventually(t, func() bool { return len(first.points()) == 0 }, time.Minute, 10*time.Millisecond)
	assert.Contains(t, first.lines(), `This collector reports nothing: "coordination.instance_id" is "same": must be another one for each collector, `+
		`and one with the same has joined the group later`)
	awaitUnion(t, whole, second)
}

// A group of consumers is not joined: with members of another kind they could not come
// back.
func TestCollectorsNeedAGroupOfTheirOwn(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	seedShares(t, fake.Seed)
	fake.Commit(t, "writers", map[string]map[int32]int64{"topic-3": {0: 6}})
	fake.Join(t, "readers", "topic-0")
	joins := fake.Requests()["JoinGroup"]
	for group, reason := range map[string]string{
		"writers": `This collector reports nothing: "coordination.group_id" is "writers": must be a group of its own, and that one has committed offsets, in topic "topic-3"`,
		"readers": `This collector reports nothing: "coordination.group_id" is "readers": must be a group of its own, and that one is of protocol type "consumer"`,
	} {
		t.Run(group, func(t *testing.T) {
			cfg := sharedConfig(fake.Brokers())
			cfg.Coordination.GroupID = group
			r := startReplica(t, cfg)
			defer r.stop(t)
			require.Eventually(t, func() bool { return len(r.host.reported()) > 0 }, 10*time.Second, 10*time.Millisecond)
			assert.Equal(t, componentstatus.StatusRecoverableError, r.host.reported()[0].Status())
			assert.Equal(t, []string{reason}, r.lines())
			assert.Empty(t, r.points())
			assert.Equal(t, joins, fake.Requests()["JoinGroup"], "those of the reader")
		})
	}
}

// What Kafka refuses is said in one line, and nothing is reported.
func TestCollectorsThatKafkaRefuses(t *testing.T) {
	for code, reason := range map[*kerr.Error]string{
		kerr.GroupAuthorizationFailed: `This collector reports nothing: an ACL is missing: Read on the group "kafkalag" ` +
			`(kafka-acls.sh --add --operation Read --group 'kafkalag' --allow-principal User:...)`,
		kerr.InvalidSessionTimeout: `This collector reports nothing: "coordination.session_timeout" is 6s: must be within the brokers' ` +
			`group.min.session.timeout.ms and group.max.session.timeout.ms (6s and 30m by default); the broker answers ` +
			`INVALID_SESSION_TIMEOUT`,
	} {
		t.Run(code.Message, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1)
			fake.Fail(kmsg.JoinGroup, kafkatest.AnyBroker, code, -1)
			r := startReplica(t, sharedConfig(fake.Brokers()))
			defer r.stop(t)
			require.Eventually(t, func() bool { return len(r.host.reported()) > 0 }, 10*time.Second, 10*time.Millisecond)
			assert.Equal(t, []string{reason}, r.lines())
			assert.Empty(t, r.points())
		})
	}
}

// A collector with another configuration waits for the others to be gone: it would leave
// holes. It is well meanwhile, so that a new configuration can be rolled out.
func TestCollectorsThatDifferWait(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	seedShares(t, fake.Seed)
	whole := wholeOf(t, fake.Brokers())
	old := startReplica(t, sharedConfig(fake.Brokers()))
	awaitUnion(t, whole, old)
	cfg := sharedConfig(fake.Brokers())
	cfg.GroupMatch = "^a-"
	cfg.Metrics.KafkaBrokers.Enabled = false
	changed := startReplica(t, cfg)
	defer changed.stop(t)
	require.Eventually(t, func() bool { return len(changed.lines()) > 0 }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, []string{"This collector waits, and reports nothing: the collectors of this group are configured differently: " +
		`group_match is "^a-" here and ".*" there, metrics is "` + sharedSettings(cfg)["metrics"] + `" here and "` +
		clip(sharedSettings(sharedConfig(nil))["metrics"]) + `" there`}, changed.lines())
	awaitUnion(t, whole, old)
	assert.Empty(t, changed.host.reported())
	old.stop(t)
	require.Eventually(t, func() bool { return len(changed.points()["kafka.consumer_group.info"]) == 8 }, 20*time.Second, 10*time.Millisecond)
}

func clip(text string) string { return text[:min(len(text), 200)] }

// A collector that has lost its part since the scrape began hands nothing on.
func TestWhatIsLostIsNotHandedOn(t *testing.T) {
	set := settings(zap.NewNop())
	own, err := selfmetrics.New(set)
	require.NoError(t, err)
	cfg := newConfig()
	cfg.Coordination.GroupID = "kafkalag"
	m, err := newMember(cfg, zap.NewNop(), own)
	require.NoError(t, err)
	s := newScraper(set, cfg, answering(whole), nil, m, own)
	var sink consumertest.MetricsSink
	exit := newExit(&sink, s)
	s.clusterID = "c"
	scraped, _ := s.recorder.Record(time.Now(), oneBroker(), &lag.Report{})
	require.Positive(t, scraped.DataPointCount())
	require.NoError(t, exit.ConsumeMetrics(t.Context(), scraped))
	require.Len(t, sink.AllMetrics(), 1)
	assert.Zero(t, sink.AllMetrics()[0].DataPointCount())
	assert.Equal(t, map[string]any{"kafka.cluster.id": "c"}, sink.AllMetrics()[0].ResourceMetrics().At(0).Resource().Attributes().AsRaw())
}

// Settings that differ are those that make other series.
func TestSharedSettings(t *testing.T) {
	cfg := newConfig()
	before := maps.Clone(sharedSettings(cfg))
	assert.Empty(t, before["metrics"])
	cfg.Metrics.KafkaBrokers.Enabled = false
	cfg.Metrics.KafkaPartitionSize.Enabled = true
	cfg.ResourceAttributes.KafkaClusterID.Enabled = false
	cfg.GroupTypes = []string{"share", "classic"}
	cfg.CollectionInterval = time.Hour
	assert.Equal(t, `group_types is "" here and "classic,share" there, metrics is "" here and "-kafka.brokers +kafka.partition.size" there, `+
		`resource_attributes is "" here and "-kafka.cluster.id" there`, before.Difference(sharedSettings(cfg)))
}
