// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Receivers that share a cluster in memory report the points of one that has it alone.
func TestReceiversThatShare(t *testing.T) {
	o := options{
		size:   size{brokers: 2, topics: 40, partitions: 80, replicas: 1, records: 10, groups: 60, commits: 5},
		memory: true, members: 3, rounds: 2, every: 200 * time.Millisecond,
		off: "kafka.consumer_group.time_lag_max", // whose points depend on how far the search is
	}
	clusters, err := startClusters(t.Context(), o)
	require.NoError(t, err)
	defer clusters[0].stop()
	s, err := o.share(t.Context(), clusters[0])
	require.NoError(t, err)
	assert.Equal(t, s.one.points, s.together().points)
	assert.Positive(t, s.one.points)
	assert.False(t, s.differs)
	for _, m := range s.members {
		assert.Less(t, m.points, s.one.points/2, m.name)
		assert.Positive(t, m.points, m.name)
	}
	var table strings.Builder
	require.NoError(t, s.print(&table))
	assert.Equal(t, 2+1+3+1, strings.Count(table.String(), "\n"))
}

// early is a receiver that has scraped for long, without any points, before it is waited
// for. From then on it has some.
type early struct{ empty, points int }

func (e *early) next(time.Duration) (sample, error) {
	if e.empty > 0 {
		e.empty--
	} else {
		e.points += 7
	}
	return sample{Totals: Totals{Points: e.points}}, nil
}

func (e *early) waiting() bool { return e.empty > 0 }

func (*early) pid() int { return 0 }

// However long the others took to start, it has its part then.
func TestWhoStartedFirstIsWaitedFor(t *testing.T) {
	one := turns{subjects: []*subject{{m: &early{empty: 10 * maxUnsettled}}, {m: &early{}}}}
	require.NoError(t, one.steady(t.Context()))
	assert.Equal(t, 7, one.subjects[0].mine[len(one.subjects[0].mine)-1].Points-one.subjects[0].mine[len(one.subjects[0].mine)-2].Points)
}

func TestBarsOfSharing(t *testing.T) {
	one := row{name: "one", cpu: 100, peak: 100, points: 10}
	failed := func(s shared) (names []string) {
		for _, b := range s.bars() {
			if !b.met() {
				names = append(names, b.what)
			}
		}
		return names
	}
	assert.Empty(t, failed(shared{one: one, members: []row{{name: "a", cpu: 45, peak: 45, points: 4}, {name: "b", cpu: 45, peak: 45, points: 6}}}))
	assert.Equal(t, []string{"members together: CPU", "a: CPU", "a: peak memory", "b: CPU", "members together: points that are missing, or there twice"},
		failed(shared{one: one, members: []row{{name: "a", cpu: 76, peak: 46, points: 4}, {name: "b", cpu: 75, peak: 45, points: 5}}}))
	assert.Equal(t, []string{"members together: points that are missing, or there twice"},
		failed(shared{one: one, differs: true, members: []row{{points: 4}, {points: 6}}}), "as many, and others")
}

// Parts add up to the whole, and one that is there twice does not.
func TestDigest(t *testing.T) {
	of := func(groups ...string) pmetric.Metrics {
		metrics := pmetric.NewMetrics()
		metric := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		metric.SetName("lag")
		gauge := metric.SetEmptyGauge()
		for i, group := range groups {
			point := gauge.DataPoints().AppendEmpty()
			point.SetIntValue(int64(i))
			point.Attributes().PutStr("group", group)
		}
		return metrics
	}
	whole := digest(of("a", "b"))
	b := of("b")
	b.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().At(0).SetIntValue(1)
	assert.Equal(t, whole, digest(of("a"))+digest(b))
	assert.NotEqual(t, whole, digest(of("a"))+digest(of("b")), "another value")
	assert.NotEqual(t, whole, digest(of("a", "b"))+digest(of("a")), "one twice")
	assert.Zero(t, digest(pmetric.NewMetrics()))
}
