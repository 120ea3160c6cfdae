// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestStartAsksNothingBeforeTheInitialDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := newConfig()
		cfg.InitialDelay = 10 * time.Second
		c := &fakeClient{answer: func(context.Context) (*cluster.Snapshot, error) { return oneBroker(), nil }}
		metrics, sink, _ := start(t, cfg, c, zap.NewNop())

		time.Sleep(cfg.InitialDelay - 1)
		synctest.Wait()
		assert.Zero(t, c.asked)

		time.Sleep(1)
		synctest.Wait()
		assert.Equal(t, 1, c.asked)
		assert.Len(t, sink.AllMetrics(), 1)

		time.Sleep(3 * cfg.CollectionInterval)
		synctest.Wait()
		assert.Equal(t, 4, c.asked)
		require.NoError(t, metrics.Shutdown(context.Background()))
	})
}

func TestShutdownDoesNotWaitForARunningScrape(t *testing.T) {
	for name, answer := range map[string]func(context.Context) (*cluster.Snapshot, error){
		"that ends with its context": func(ctx context.Context) (*cluster.Snapshot, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
		"that does not listen": func(context.Context) (*cluster.Snapshot, error) {
			time.Sleep(time.Hour)
			return oneBroker(), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				core, logs := observer.New(zapcore.DebugLevel)
				c := &fakeClient{answer: answer}
				metrics, sink, host := start(t, newConfig(), c, zap.New(core))
				time.Sleep(2 * time.Second)
				synctest.Wait()
				require.Equal(t, 1, c.asked, "a scrape is running")

				before := time.Now()
				require.NoError(t, metrics.Shutdown(context.Background()))
				assert.Zero(t, time.Since(before))
				assert.True(t, c.closed)
				assert.Zero(t, sink.DataPointCount())
				assert.Empty(t, host.events, "a shutdown is no failure")
				assert.Empty(t, logs.All(), "a shutdown is no failure")
				time.Sleep(time.Hour) // until the deaf one has ended
			})
		})
	}
}

func TestShutdownWithoutStart(t *testing.T) {
	c := &fakeClient{}
	set := settings(zap.NewNop())
	metrics, err := newMetrics(set, newConfig(), newScraper(set, newConfig(), c), nil)
	require.NoError(t, err)
	require.NoError(t, metrics.Shutdown(t.Context()))
	assert.True(t, c.closed)
}

func TestTimeoutHoldsWhateverTheClientDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScraper(settings(zap.NewNop()), newConfig(), &fakeClient{
			answer: func(context.Context) (*cluster.Snapshot, error) {
				time.Sleep(45 * time.Second)
				return oneBroker(), nil
			},
		})
		require.NoError(t, s.start(t.Context(), &fakeHost{}))

		before := time.Now()
		_, err := s.scrape(t.Context())
		require.ErrorIs(t, err, errTimeout)
		assert.Equal(t, 30*time.Second, time.Since(before))

		_, err = s.scrape(t.Context())
		require.ErrorIs(t, err, errHangs, "the client is not asked twice at once")
		assert.Equal(t, 30*time.Second, time.Since(before))

		time.Sleep(20 * time.Second)
		s.asker.client.(*fakeClient).answer = func(context.Context) (*cluster.Snapshot, error) { return oneBroker(), nil }
		metrics, err := s.scrape(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 2, metrics.DataPointCount())
	})
}

func TestWhatWasLearnedByTheDeadlineIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := newConfig()
		metrics, sink, _ := start(t, cfg, &fakeClient{answer: func(ctx context.Context) (*cluster.Snapshot, error) {
			<-ctx.Done()
			s := oneBroker()
			s.Failures = []cluster.Failure{{API: "ListOffsets", Broker: 2, Partitions: 3, Err: ctx.Err()}}
			return s, nil
		}}, zap.NewNop())

		time.Sleep(cfg.InitialDelay + cfg.Timeout)
		synctest.Wait()
		assert.Equal(t, 2, sink.DataPointCount())
		require.NoError(t, metrics.Shutdown(context.Background()))
	})
}

func TestStatusAndLogFollowTheCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zapcore.DebugLevel)
		var err error = errors.New("no broker answers")
		cfg := newConfig()
		metrics, sink, host := start(t, cfg, &fakeClient{answer: func(context.Context) (*cluster.Snapshot, error) {
			if err != nil {
				return nil, err
			}
			return oneBroker(), nil
		}}, zap.New(core, zap.AddStacktrace(zapcore.WarnLevel)))

		time.Sleep(3 * cfg.CollectionInterval)
		synctest.Wait()
		require.Len(t, host.events, 1, "a status is reported when it changes")
		assert.Equal(t, componentstatus.StatusRecoverableError, host.events[0].Status())
		require.ErrorIs(t, host.events[0].Err(), err)
		assert.Zero(t, sink.DataPointCount(), "nothing was learned")

		err = nil
		time.Sleep(3 * cfg.CollectionInterval)
		synctest.Wait()
		require.Len(t, host.events, 2)
		assert.Equal(t, componentstatus.StatusOK, host.events[1].Status())

		entries := logs.All()
		require.Len(t, entries, 2, "one line when it fails, one when it is over")
		assert.Equal(t, zapcore.WarnLevel, entries[0].Level)
		assert.Equal(t, zapcore.InfoLevel, entries[1].Level)
		assert.Empty(t, entries[0].Stack)
		require.NoError(t, metrics.Shutdown(context.Background()))
	})
}

func TestControllerIsQuietAboutScrapesOnly(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	log := zap.New(core, zap.WrapCore(withoutScrapeErrors)).With(zap.String("scraper", "kafkalag"))
	log.Error(scrapeErrorMessage)
	log.Error("anything else")
	log.Debug("below the level")
	require.Equal(t, 1, logs.Len())
	assert.Equal(t, "anything else", logs.All()[0].Message)
	assert.Equal(t, "kafkalag", logs.All()[0].ContextMap()["scraper"])
}
