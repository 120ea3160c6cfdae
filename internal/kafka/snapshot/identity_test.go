// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// startNamed is a cluster of one broker with a topic and a group, both named after
// the cluster's id.
func startNamed(t *testing.T, id string) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 1, kfake.ClusterID(id))
	seedNamed(t, fake, id)
	return fake
}

func seedNamed(t *testing.T, fake *kafkatest.Fake, id string) {
	t.Helper()
	fake.CreateTopic(t, "topic-of-"+id, 1, 1, nil)
	fake.Produce(t, "topic-of-"+id, 0, 10)
	fake.Commit(t, "group-of-"+id, map[string]map[int32]int64{"topic-of-" + id: {0: 4}})
	fake.ResetRequests()
}

// takeOver ends a cluster and starts another one on its port.
func takeOver(t *testing.T, old *kafkatest.Fake, id string) *kafkatest.Fake {
	t.Helper()
	fake := old.TakeOver(t, kfake.ClusterID(id))
	seedNamed(t, fake, id)
	return fake
}

// tryScrape is a scrape that may learn nothing.
func tryScrape(t *testing.T, client *Client) (*cluster.Snapshot, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return client.Snapshot(ctx, everything())
}

func assertReports(t *testing.T, s *cluster.Snapshot, id string) {
	t.Helper()
	assert.Equal(t, id, s.ClusterID)
	assert.Contains(t, s.Topics, "topic-of-"+id)
	assert.Contains(t, s.Groups, "group-of-"+id)
	assert.Len(t, s.Topics, 1)
	assert.Len(t, s.Groups, 1)
}

// assertRefuses checks that nothing of a cluster is reported, and that it says
// why.
func assertRefuses(t *testing.T, s *cluster.Snapshot, err error) {
	t.Helper()
	require.Error(t, err)
	assert.Empty(t, s.ClusterID)
	assert.Empty(t, s.Topics)
	assert.Empty(t, s.Groups)
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Equal(t, cluster.CodeOtherCluster, f.Code)
		assert.Contains(t, f.Cause, "another cluster answers there")
		assert.Contains(t, f.Err.Error(), `"new", not to "old"`)
	}
}

// Brokers before 2.8 do not know DescribeCluster.
func TestAnotherClusterTakesAnAddressOver(t *testing.T) {
	for name, tt := range map[string]struct {
		old     bool
		refresh time.Duration
	}{
		"new brokers":                   {},
		"old brokers":                   {old: true},
		"new brokers, metadata is kept": {refresh: time.Hour},
		"old brokers, metadata is kept": {old: true, refresh: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			before := startNamed(t, "old")
			core, logs := observer.New(zapcore.InfoLevel)
			cfg := testConfig(before.Brokers()...)
			cfg.Metadata = kafkaconfig.MetadataConfig{RefreshInterval: tt.refresh}
			client, err := New(cfg, zap.New(core), nil, nil)
			require.NoError(t, err)
			defer client.Close()
			withoutDescribeCluster(before, tt.old)
			assertReports(t, snapshot(t, client, everything()), "old")

			after := takeOver(t, before, "new")
			withoutDescribeCluster(after, tt.old)
			refused := scrapesToReplace - 1
			if tt.refresh > 0 {
				refused++ // the first one does not ask for metadata
			}
			for range refused {
				s, err := tryScrape(t, client)
				assertRefuses(t, s, err)
			}
			assert.Empty(t, logs.All())
			assertReports(t, snapshot(t, client, everything()), "new")
			require.Equal(t, 1, logs.Len())
			assert.Equal(t, "new", logs.All()[0].ContextMap()["cluster_id"])
			assert.Equal(t, "old", logs.All()[0].ContextMap()["cluster_id_before"])

			s := snapshot(t, client, everything())
			assertReports(t, s, "new")
			assert.Empty(t, s.Failures, "nothing is remembered of the groups and settings of the old one")
		})
	}
}

func withoutDescribeCluster(fake *kafkatest.Fake, old bool) {
	if old {
		fake.Without(kmsg.DescribeCluster)
	}
}

func TestAnAddressThatIsAwayForAMomentOnly(t *testing.T) {
	before := startNamed(t, "old")
	client := newTestClient(t, before.Brokers()...)
	snapshot(t, client, everything())
	for range 3 {
		between := takeOver(t, before, "new")
		for range scrapesToReplace - 1 {
			s, err := tryScrape(t, client)
			assertRefuses(t, s, err)
		}
		before = takeOver(t, between, "old")
		assertReports(t, snapshot(t, client, everything()), "old")
	}
}

func TestSeedsOfTwoClusters(t *testing.T) {
	mine, other := startNamed(t, "old"), startNamed(t, "new")
	client := newTestClient(t, mine.Brokers()[0], other.Brokers()[0])
	for range 5 {
		s := snapshot(t, client, everything())
		assertReports(t, s, "old")
		require.Len(t, s.Failures, 1)
		assert.Equal(t, other.Brokers()[0], s.Failures[0].Address)
		assert.Equal(t, cluster.CodeOtherCluster, s.Failures[0].Code)
	}
	// An outage does not bring the other one under the name of the first.
	address := mine.Brokers()[0]
	mine.Kfake.Close()
	for range 2 * scrapesToReplace {
		s, err := tryScrape(t, client)
		require.Error(t, err)
		assert.Empty(t, s.Groups)
		assert.Equal(t, []string{cluster.CodeNoConnection, cluster.CodeOtherCluster}, []string{s.Failures[0].Code, s.Failures[1].Code})
		assert.Equal(t, address, s.Failures[0].Address)
	}
}

// startTwoOld is a cluster of two brokers behind proxies, which are the seeds of the
// client, and has been scraped twice.
func startTwoOld(t *testing.T) (*Client, *kafkatest.Fake, []*kafkatest.Proxy) {
	t.Helper()
	fake := kafkatest.StartFake(t, 2, kfake.ClusterID("old"))
	seedNamed(t, fake, "old")
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr(), proxies[1].Addr())
	for range 2 {
		assertReports(t, snapshot(t, client, everything()), "old")
	}
	return client, fake, proxies
}

// A seed that is dead does not speak for the old cluster once another seed, which was
// of the old cluster, belongs to the new one.
func TestAReplacedClusterWhileASeedIsDead(t *testing.T) {
	for name, before := range map[string]int{"since then": 0, "for long": 6} {
		t.Run(name, func(t *testing.T) {
			client, _, proxies := startTwoOld(t)
			next := startNamed(t, "new")
			proxies[1].Refuse()
			for range before {
				_, _ = tryScrape(t, client)
			}
			proxies[0].Lead(next.Brokers()[0])
			for range scrapesToReplace - 1 {
				s, err := tryScrape(t, client)
				require.Error(t, err)
				assert.Empty(t, s.Groups)
			}
			assert.Equal(t, scrapesToReplace-1, next.Requests()["DescribeCluster"], "each scrape asks")
			s, err := tryScrape(t, client)
			require.NoError(t, err)
			assertReports(t, s, "new")

			proxies[1].Restore() // what is left of the old cluster changes nothing
			for range 2 {
				s := snapshot(t, client, everything())
				assertReports(t, s, "new")
				require.Len(t, s.Failures, 1)
				assert.Equal(t, cluster.CodeOtherCluster, s.Failures[0].Code)
			}
		})
	}
}

// A broker of another cluster answers, so nothing is gained by not asking it: it is seen
// at once when the address leads to the old cluster again.
func TestAnotherClusterIsAskedInEachScrape(t *testing.T) {
	client, old, proxies := startTwoOld(t)
	other := startNamed(t, "new")
	proxies[1].Lead(other.Brokers()[0])
	for range 4 {
		s := snapshot(t, client, everything())
		require.NotEmpty(t, s.Failures)
		assert.NotContains(t, s.Failures[0].Err.Error(), "not asked")
	}
	proxies[1].Lead(old.Brokers()[1])
	proxies[0].Lead(other.Brokers()[0])
	s, err := tryScrape(t, client)
	require.NoError(t, err)
	assert.Equal(t, "old", s.ClusterID)
}

// A seed that does not answer is waited for once. It is verified when it answers.
func TestASeedThatHangsDelaysNobody(t *testing.T) {
	fake := seeded(t, 1, 1, 1)
	other := startNamed(t, "other")
	hanging := other.Proxies(t)[0]
	hanging.Hang()
	cfg := testConfig(fake.Brokers()[0], hanging.Addr())
	cfg.RequestTimeout = 20 * time.Second
	client := newClientOf(t, cfg, nil)
	for scrape := range 3 {
		began := time.Now()
		requireWhole(t, snapshot(t, client, everything()), 1, 1, 1)
		if scrape > 0 {
			assert.Less(t, time.Since(began), client.pool.Patience()/2, "scrape %d", scrape)
		}
	}
	hanging.Restore()
	var failures []cluster.Failure
	for began := time.Now(); len(failures) == 0; failures = snapshot(t, client, everything()).Failures {
		require.Less(t, time.Since(began), 10*time.Second)
	}
	assert.Equal(t, cluster.CodeOtherCluster, failures[0].Code)
}

// A seed that was a broker is verified: after the broker has left, it is not dialed.
func TestASeedThatWasABroker(t *testing.T) {
	fake := seeded(t, 1, 3, 3)
	client := newTestClient(t, fake.Brokers()...)
	for range 2 {
		snapshot(t, client, everything())
	}
	const gone = 1
	before := fake.Dials(gone)
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		m := answer.(*kmsg.MetadataResponse)
		m.Brokers = slices.DeleteFunc(m.Brokers, func(b kmsg.MetadataResponseBroker) bool { return b.NodeID == gone })
	})
	for range 8 {
		snapshot(t, client, everything())
	}
	assert.Equal(t, before, fake.Dials(gone))
}

// One of two brokers is replaced by a broker of another cluster while the
// metadata still names it.
func TestABrokersAddressIsTakenOver(t *testing.T) {
	fake := seeded(t, 1, 3, 4)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	other := startNamed(t, "other")
	proxies := fake.Proxies(t)
	snapshot(t, client, everything())
	proxies[1].Lead(other.Brokers()[0])
	s := snapshot(t, client, everything())
	assert.NotContains(t, s.Groups, "group-of-other")
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Equal(t, cluster.CodeOtherCluster, f.Code)
		assert.Equal(t, proxies[1].Addr(), f.Address)
	}
	assert.Zero(t, other.Requests()["ListGroups"])
}

func TestABrokerWithoutAClusterID(t *testing.T) {
	fake := startNamed(t, "old")
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) { answer.(*kmsg.MetadataResponse).ClusterID = nil })
	fake.Rewrite(kmsg.DescribeCluster, func(_ int32, answer kmsg.Response) { answer.(*kmsg.DescribeClusterResponse).ClusterID = "" })
	s := snapshot(t, client, everything())
	assertReports(t, s, "old")
	assert.Empty(t, s.Failures)
}
