// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// scripted is a member whose part is as the test says.
type scripted struct {
	asked atomic.Int64 // for the part

	mu   sync.Mutex
	part *coordination.Part
	err  error
}

func (*scripted) Start(component.Host) error { return nil }

func (*scripted) Shutdown() {}

func (s *scripted) Part() (*coordination.Part, error) {
	s.asked.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.part, s.err
}

// Remaining is long: the test says when the part is over.
func (*scripted) Remaining() time.Duration { return time.Hour }

// take gives the member the whole cluster.
func (s *scripted) take() {
	of := coordination.Membership{Timeout: time.Hour}
	of.Take("a", time.Now(), &coordination.Assignment{Members: []string{"a"}})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part, s.err = of.Part(time.Now()), nil
}

// lose takes that away.
func (s *scripted) lose(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part, s.err = nil, err
}

// A collector that is not the one that probes writes, reads and reports nothing. When it
// becomes that, it counts from then on.
func TestOneOfSeveral(t *testing.T) {
	kafka := startFake(t, 2)
	host, m := &statuses{}, &scripted{}
	r := newRunning(t, kafka.Brokers(), func(c *Config) { c.Commit = true })
	r.prober.member = m
	kafka.ResetRequests()
	r.begin(t, host)
	await(t, "some rounds", func() bool { return m.asked.Load() > 3 })
	assert.Empty(t, r.points(t))
	assert.Empty(t, kafka.Requests())
	m.take()
	r.awaitReceived(t, 3, 0, 1)
	await(t, "a commit", func() bool { return histograms(r.metrics(t))["kafka.probe.commit.duration"] > 0 })
	assert.Equal(t, []string{"This collector probes the cluster"}, r.texts("This collector"))
	first, id := r.prober.view(time.Now()).since, r.idOf(0)

	m.lose(nil)
	reported := r.metrics(t)
	assert.Zero(t, reported.DataPointCount())
	require.Equal(t, 1, reported.ResourceMetrics().Len(), "the cluster, so that exporters drop what came before")
	assert.NotEmpty(t, clusterOf(reported))
	await(t, "the end", func() bool { return len(r.lines("does not probe the cluster any more")) == 1 })
	assert.Empty(t, r.prober.view(time.Now()).brokers)
	assert.Empty(t, r.prober.view(time.Now()).commits)

	m.take()
	r.awaitReceived(t, 1, 0, 1)
	assert.True(t, r.prober.view(time.Now()).since.After(first))
	assert.NotEqual(t, id, r.idOf(0), "it begins to count at 1: what was written before and comes late is not taken for a new record")
	assert.Empty(t, host.all())
}

// The moment when the part is over counts, not the next round: nothing is written, sent
// again or committed from then on.
func TestNothingIsWrittenWithoutAPart(t *testing.T) {
	r := newRunning(t, []string{"localhost:1"}, nil)
	m := &scripted{}
	r.prober.member = m
	l := r.prober.newLane(0, target{})
	l.writeOne(t.Context())
	assert.Zero(t, l.ledger.last)
	assert.Empty(t, r.prober.nextOffsets())

	m.take()
	told := 0
	l.failed = func() {
		told++
		m.lose(nil)
	}
	l.writeOne(t.Context())
	assert.Equal(t, 2, told, "of one try, and that the record failed")
}

// When another collector probes, what was reported last is over at once, not with the next
// report. One that was made before and comes after that is not handed on.
func TestWhatIsOverIsSaidAtOnce(t *testing.T) {
	kafka := startFake(t, 1)
	m := &scripted{}
	r := newRunning(t, kafka.Brokers(), nil)
	r.prober.member = m
	var sink consumertest.MetricsSink
	e := newExit(&sink, r.reporter)
	r.prober.yielded = e.Look
	r.begin(t, componenttest.NewNopHost())
	m.take()
	r.awaitReceived(t, 1, 0)
	defer e.Stop()
	require.NoError(t, e.ConsumeMetrics(t.Context(), r.metrics(t)))
	require.Positive(t, sink.DataPointCount())
	late := r.metrics(t)
	require.Positive(t, late.DataPointCount())
	m.lose(nil)
	await(t, "the end", func() bool { return len(sink.AllMetrics()) == 2 })
	require.NoError(t, e.ConsumeMetrics(t.Context(), late))
	for _, over := range sink.AllMetrics()[1:] {
		assert.Zero(t, over.DataPointCount())
		assert.NotEmpty(t, clusterOf(over))
	}
}

// Why a collector cannot be one of several is in its health.
func TestHealthOfAMember(t *testing.T) {
	kafka := startFake(t, 1)
	host, m := &statuses{}, &scripted{err: errors.New("an ACL is missing")}
	r := newRunning(t, kafka.Brokers(), nil)
	r.prober.member = m
	r.begin(t, host)
	await(t, "an error", func() bool { return len(host.all()) == 1 })
	m.take()
	await(t, "that it is well", func() bool { return len(host.all()) == 2 })
	assert.Equal(t, []componentstatus.Status{componentstatus.StatusRecoverableError, componentstatus.StatusOK}, host.all())
}

// inAGroup is the configuration of one of several. A session outlasts a machine that
// stands still for a while.
func inAGroup(c *Config) {
	c.Coordination.GroupID, c.Coordination.SessionTimeout = "probes", 20*time.Second
	c.SLA, c.LossTimeout = patience, patience
}

// writers returns which of the probes has written each record of a partition up to an
// offset, one after the other, each run of them once.
func writers(t *testing.T, brokers []string, topic string, partition int32, last int64) []string {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{
		topic: {partition: kgo.NewOffset().AtStart()},
	}))
	require.NoError(t, err)
	defer client.Close()
	var found []string
	for read := int64(-1); read < last; {
		fetches := client.PollFetches(t.Context())
		require.NoError(t, fetches.Err())
		for _, record := range fetches.Records() {
			m, ok := decodeMessage(string(record.Value))
			require.True(t, ok)
			found = append(found, m.Probe)
			read = record.Offset
		}
	}
	return slices.Compact(found)
}

// probeInTurns has two probes share a cluster. The one that probes ends, by end; the
// other one takes over, and all records are those of one after the other.
func probeInTurns(t *testing.T, brokers []string, ids []int32, change func(*Config), end func(*running)) {
	t.Helper()
	var probes []*running
	for range 2 {
		probes = append(probes, run(t, brokers, func(c *Config) {
			inAGroup(c)
			if change != nil {
				change(c)
			}
		}))
	}
	var first, second *running
	await(t, "one that probes, and one that knows of it", func() bool {
		first, second = nil, nil
		for _, r := range probes {
			if len(r.points(t)) > 0 {
				first = r
			} else if len(r.lines("This collector is one of 2 that")) > 0 {
				second = r
			}
		}
		return first != nil && second != nil && len(first.points(t)) > 0
	})
	first.awaitReceived(t, 3, ids...)
	assert.Empty(t, second.points(t))
	before := map[int32]string{}
	for _, broker := range ids {
		before[broker] = first.idOf(broker)
	}
	end(first)
	assert.Empty(t, first.points(t))
	second.awaitReceived(t, 3, ids...)
	for broker, of := range second.prober.view(time.Now()).brokers {
		got := writers(t, brokers, second.prober.cfg.Topic, of.partition, of.offset)
		assert.Equal(t, second.idOf(broker), got[len(got)-1])
		assert.Contains(t, got, before[broker])
		assert.LessOrEqual(t, len(got), 5, "the one that came first may have begun, and a record may have been on its way")
	}
}

// Of two with one group, one probes. The other one takes over when it stops.
func TestProbesInTurns(t *testing.T) {
	kafka := startFake(t, 2)
	probeInTurns(t, kafka.Brokers(), []int32{0, 1}, nil, func(r *running) { require.NoError(t, r.shutdown(t.Context())) })
}

// One that does not leave the group, as where it is killed, is taken over from once its
// session has ended.
func TestProbeThatDies(t *testing.T) {
	kafka := startFake(t, 1)
	instances := []string{"a", "b"}
	probeInTurns(t, kafka.Brokers(), []int32{0}, func(c *Config) {
		c.Coordination.InstanceID, instances = instances[0], instances[1:]
		c.Coordination.SessionTimeout = 10 * time.Second
	}, func(r *running) { require.NoError(t, r.shutdown(t.Context())) })
}

// The group of the collectors that report lag is not the probes'.
func TestProbesNeedAGroupOfTheirOwn(t *testing.T) {
	kafka := kafkatest.StartFake(t, 1)
	of, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...))
	require.NoError(t, err)
	defer of.Close()
	join := kmsg.NewPtrJoinGroupRequest()
	join.Group, join.ProtocolType, join.SessionTimeoutMillis, join.RebalanceTimeoutMillis = "probes", string(coordination.Lag), 60_000, 60_000
	join.Protocols = []kmsg.JoinGroupRequestProtocol{{Name: coordination.Protocol}}
	join.Version = 3
	_, err = join.RequestWith(t.Context(), of)
	require.NoError(t, err)

	host := &statuses{}
	r := runOn(t, host, kafka.Brokers(), inAGroup)
	await(t, "an error", func() bool { return len(host.all()) == 1 })
	await(t, "a line", func() bool { return len(r.texts("This collector")) > 0 })
	assert.Equal(t, []string{`This collector reports nothing: "coordination.group_id" is "probes": must be a group of its own, ` +
		`and that one is of protocol type "kafkalag"`}, r.texts("This collector"))
	assert.Zero(t, kafka.Requests()["Produce"])
	assert.Empty(t, r.points(t))
}

// Collectors that differ in what they report wait for each other.
func TestSharedSettings(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	before := sharedSettings(cfg)
	cfg.SLA, cfg.Commit, cfg.CommitGroup = time.Minute, true, "measured"
	cfg.Metrics.KafkaProbeInFlight.Enabled = false
	cfg.ProbeInterval, cfg.CollectionInterval = time.Hour, time.Hour
	assert.Equal(t, `commit_group is "" here and "measured" there, metrics is "" here and "-kafka.probe.in_flight" there, sla is "1s" here and "1m0s" there`,
		before.Difference(sharedSettings(cfg)))
}

// A collector without a group asks nothing of one.
func TestOneCollectorIsNoMember(t *testing.T) {
	kafka := startFake(t, 1)
	r := runOn(t, componenttest.NewNopHost(), kafka.Brokers(), nil)
	r.awaitReceived(t, 1, 0)
	assert.Zero(t, kafka.Requests()["JoinGroup"]+kafka.Requests()["FindCoordinator"])
}
