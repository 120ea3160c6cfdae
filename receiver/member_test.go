// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination/member"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// pair is a group of this collector, which another one may join.
type pair struct {
	mu        sync.Mutex
	others    []coordination.Member
	rebalance bool
	silent    bool
}

// fallSilent has the coordinator answer nothing any more.
func (g *pair) fallSilent() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silent = true
}

// admit has the other one join.
func (g *pair) admit() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.others = []coordination.Member{{ID: "other", Introduction: coordination.Introduction{}.Encode()}}
	g.rebalance = true
}

func (*pair) Inspect(context.Context) ([]coordination.Member, error) { return nil, nil }

func (g *pair) Join(_ context.Context, id string, introduction []byte) (coordination.Generation, error) {
	if id == "" {
		return coordination.Generation{Member: "me"}, coordination.ErrNewID
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.silent {
		return coordination.Generation{}, errors.New("no answer")
	}
	g.rebalance = false
	return coordination.Generation{
		Number: 1, Member: id, Leads: true,
		Members: append([]coordination.Member{{ID: id, Introduction: introduction}}, g.others...),
	}, nil
}

func (*pair) Sync(_ context.Context, _ coordination.Generation, assignment []byte) ([]byte, error) {
	return assignment, nil
}

func (g *pair) Heartbeat(context.Context, coordination.Generation) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.silent {
		return errors.New("no answer")
	}
	if g.rebalance {
		return coordination.ErrRebalance
	}
	return nil
}

func (*pair) Leave(context.Context, string) error { return nil }

// newMemberScraper returns a scraper that has its part of g, within a synctest bubble.
func newMemberScraper(t *testing.T, set receiver.Settings, g *pair, answer answerFunc) *lagScraper {
	t.Helper()
	own, err := selfmetrics.New(set)
	require.NoError(t, err)
	m := member.New(member.Config{SessionTimeout: 6 * time.Second, RequestTimeout: time.Second}, g, zap.NewNop())
	m.Start()
	t.Cleanup(m.Shutdown)
	time.Sleep(5 * time.Second)
	return newScraper(set, newConfig(), answering(answer), nil, &sharing.Member{Member: m}, own)
}

// Where the part became smaller since the scrape began, what is left of it is handed on.
func TestWhatIsLeftIsHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &pair{}
		s := newMemberScraper(t, settings(zap.NewNop()), g, whole)
		s.part, _ = s.member.Part()
		require.NotNil(t, s.part)
		g.admit()
		time.Sleep(10 * time.Second)
		left, _ := s.member.Part()
		require.NotNil(t, left)

		scraped := pmetric.NewMetrics()
		metric := scraped.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		points := metric.SetEmptyGauge().DataPoints()
		var want []string
		for i := range 40 {
			group := fmt.Sprint("group-", i)
			points.AppendEmpty().Attributes().PutStr("group", group)
			if left.OwnsGroup(group) {
				want = append(want, group)
			}
		}
		require.NotEmpty(t, want)
		require.Less(t, len(want), 40)

		var sink consumertest.MetricsSink
		exit := newExit(&sink, s)
		defer exit.Stop()
		require.NoError(t, exit.ConsumeMetrics(t.Context(), scraped))
		require.Len(t, sink.AllMetrics(), 1)
		var handed []string
		for _, p := range points.All() {
			group, _ := p.Attributes().Get("group")
			handed = append(handed, group.Str())
		}
		assert.Equal(t, want, handed)
	})
}

// A session that ends between two scrapes ends what was reported, once, at its end and not
// with the next scrape. While it goes on nothing is said.
func TestASessionThatEndsIsSaidAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &pair{}
		s := newMemberScraper(t, settings(zap.NewNop()), g, whole)
		var sink consumertest.MetricsSink
		exit := newExit(&sink, s)
		defer exit.Stop()
		hand := func() {
			s.part, _ = s.member.Part()
			scraped, _ := s.recorder.Record(time.Now(), oneBroker(), &lag.Report{})
			require.NoError(t, exit.ConsumeMetrics(t.Context(), scraped))
		}
		s.clusterID = "c"
		hand()
		require.Positive(t, sink.DataPointCount())
		time.Sleep(time.Hour)
		require.Len(t, sink.AllMetrics(), 1)

		g.fallSilent()
		time.Sleep(4 * time.Second)
		require.Len(t, sink.AllMetrics(), 1, "the session goes on")
		time.Sleep(3 * time.Second)
		require.Len(t, sink.AllMetrics(), 2)
		last := sink.AllMetrics()[1]
		assert.Zero(t, last.DataPointCount())
		assert.Equal(t, map[string]any{"kafka.cluster.id": "c"}, last.ResourceMetrics().At(0).Resource().Attributes().AsRaw())
		time.Sleep(time.Hour)
		assert.Len(t, sink.AllMetrics(), 2, "once")
	})
}

// After its shutdown a receiver hands nothing on.
func TestNothingIsSaidAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &pair{}
		s := newMemberScraper(t, settings(zap.NewNop()), g, whole)
		var sink consumertest.MetricsSink
		exit := newExit(&sink, s)
		require.NoError(t, exit.ConsumeMetrics(t.Context(), pmetric.NewMetrics()))
		g.fallSilent()
		exit.Stop()
		time.Sleep(time.Hour)
		assert.Len(t, sink.AllMetrics(), 1)
	})
}

// What waits for an exporter when a session has ended does not hold up the shutdown.
func TestTheEndOfASessionHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &pair{}
		s := newMemberScraper(t, settings(zap.NewNop()), g, whole)
		hangs := false
		next, err := consumer.NewMetrics(func(ctx context.Context, _ pmetric.Metrics) error {
			if hangs {
				<-ctx.Done()
			}
			return ctx.Err()
		})
		require.NoError(t, err)
		exit := newExit(next, s)
		require.NoError(t, exit.ConsumeMetrics(t.Context(), pmetric.NewMetrics()))
		hangs = true
		g.fallSilent()
		time.Sleep(time.Minute)
		began := time.Now()
		s.client.stop()
		exit.Stop()
		assert.Zero(t, time.Since(began))
	})
}

// Nobody knows what happened to a partition while the collector had no part.
func TestWithoutAPartNothingIsRemembered(t *testing.T) {
	c := &fakeClient{}
	s := newTestScraper(settings(zap.NewNop()), newConfig(), c)
	lag := func(next *cluster.Snapshot) map[string]int64 {
		c.change(func(context.Context) (*cluster.Snapshot, error) { return next, nil })
		metrics, _ := s.scrape(t.Context())
		return metrictest.Points(metrics)["kafka.consumer_group.lag"]
	}
	require.Len(t, lag(oneCommit("A", 10)), 1)
	require.Len(t, lag(oneCommit("A", cluster.Unknown)), 1, "its last range")
	s.nothing(t.Context(), nil)
	assert.Empty(t, lag(oneCommit("A", cluster.Unknown)))
	assert.Equal(t, "A", s.clusterID)
}

// A failed scrape, too, says what the collector is in its group.
func TestMembersOfAFailedScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := componenttest.NewTelemetry()
		defer func() { require.NoError(t, reader.Shutdown(context.Background())) }()
		s := newMemberScraper(t, metrictest.Settings(reader), &pair{}, func(context.Context) (*cluster.Snapshot, error) {
			return nil, errors.New("no broker answers")
		})
		_, err := s.scrape(t.Context())
		require.Error(t, err)
		assert.Equal(t, map[string]int64{"": 1}, metrictest.Own(t, reader, "kafkalag_coordination_members"))
	})
}
