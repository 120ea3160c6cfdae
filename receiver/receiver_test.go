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
		c := answering(whole)
		metrics, sink, _ := start(t, cfg, c, zap.NewNop())

		time.Sleep(cfg.InitialDelay - time.Nanosecond)
		synctest.Wait()
		assert.Zero(t, c.timesAsked())

		time.Sleep(time.Nanosecond)
		synctest.Wait()
		assert.Equal(t, 1, c.timesAsked())
		assert.Len(t, sink.AllMetrics(), 1)

		time.Sleep(3 * cfg.CollectionInterval)
		synctest.Wait()
		assert.Equal(t, 4, c.timesAsked())
		require.NoError(t, metrics.Shutdown(context.Background()))
	})
}

// Scrapes that take longer than the interval follow each other, and never run
// in parallel.
func TestScrapesLongerThanTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := newConfig()
		cfg.InitialDelay, cfg.CollectionInterval, cfg.Timeout = 0, 30*time.Second, 90*time.Second
		c := answering(func(context.Context) (*cluster.Snapshot, error) {
			time.Sleep(45 * time.Second)
			return oneBroker(), nil
		})
		metrics, sink, _ := start(t, cfg, c, zap.NewNop())
		time.Sleep(4*45*time.Second + time.Second)
		synctest.Wait()
		assert.Len(t, sink.AllMetrics(), 4)
		assert.Equal(t, 5, c.timesAsked())
		require.NoError(t, metrics.Shutdown(context.Background()))
		time.Sleep(time.Minute) // until the last one has ended
	})
}

func TestShutdownDoesNotWaitForARunningScrape(t *testing.T) {
	for name, answer := range map[string]answerFunc{
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
				c := answering(answer)
				metrics, sink, host := start(t, newConfig(), c, zap.New(core))
				time.Sleep(2 * time.Second)
				synctest.Wait()
				require.Equal(t, 1, c.timesAsked(), "a scrape is running")

				before := time.Now()
				require.NoError(t, metrics.Shutdown(context.Background()))
				assert.Zero(t, time.Since(before))
				assert.True(t, c.isClosed())
				assert.Zero(t, sink.DataPointCount())
				assert.Empty(t, host.reported(), "a shutdown is no failure")
				assert.Empty(t, logs.All(), "a shutdown is no failure")
				time.Sleep(time.Hour) // until the deaf one has ended
			})
		})
	}
}

func TestShutdownWithoutStart(t *testing.T) {
	c := &fakeClient{}
	set := settings(zap.NewNop())
	metrics, err := newMetrics(set, newConfig(), newTestScraper(set, newConfig(), c), nil)
	require.NoError(t, err)
	require.NoError(t, metrics.Shutdown(t.Context()))
	assert.True(t, c.isClosed())
}

func TestTimeoutHoldsWhateverTheClientDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := answering(func(context.Context) (*cluster.Snapshot, error) {
			time.Sleep(45 * time.Second)
			return oneBroker(), nil
		})
		s := newTestScraper(settings(zap.NewNop()), newConfig(), c)
		require.NoError(t, s.start(t.Context(), &fakeHost{}))

		before := time.Now()
		_, err := s.scrape(t.Context())
		require.ErrorIs(t, err, errTimeout)
		assert.Equal(t, 30*time.Second, time.Since(before))

		_, err = s.scrape(t.Context())
		require.ErrorIs(t, err, errHangs, "the client is not asked twice at once")
		assert.Equal(t, 30*time.Second, time.Since(before))

		time.Sleep(20 * time.Second)
		c.change(whole)
		metrics, err := s.scrape(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 2, metrics.DataPointCount())
	})
}

func TestWhatWasLearnedByTheDeadlineIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := newConfig()
		metrics, sink, _ := start(t, cfg, answering(func(ctx context.Context) (*cluster.Snapshot, error) {
			<-ctx.Done()
			s := oneBroker()
			s.Failures = []cluster.Failure{{API: "ListOffsets", Broker: 2, Partitions: 3, Err: ctx.Err()}}
			return s, nil
		}), zap.NewNop())

		time.Sleep(cfg.InitialDelay + cfg.Timeout)
		synctest.Wait()
		assert.Equal(t, 2, sink.DataPointCount())
		require.NoError(t, metrics.Shutdown(context.Background()))
	})
}

func TestStatusAndLogFollowTheCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zapcore.DebugLevel)
		err := errors.New("no broker answers")
		c := answering(func(context.Context) (*cluster.Snapshot, error) { return nil, err })
		cfg := newConfig()
		metrics, sink, host := start(t, cfg, c, zap.New(core, zap.AddStacktrace(zapcore.WarnLevel)))

		time.Sleep(3 * cfg.CollectionInterval)
		synctest.Wait()
		require.Len(t, host.reported(), 1, "a status is reported when it changes")
		assert.Equal(t, componentstatus.StatusRecoverableError, host.reported()[0].Status())
		require.ErrorIs(t, host.reported()[0].Err(), err)
		assert.Zero(t, sink.DataPointCount(), "nothing was learned")

		c.change(whole)
		time.Sleep(3 * cfg.CollectionInterval)
		synctest.Wait()
		require.Len(t, host.reported(), 2)
		assert.Equal(t, componentstatus.StatusOK, host.reported()[1].Status())

		entries := logs.All()
		require.Len(t, entries, 2, "one line when it fails, one when it is over")
		assert.Equal(t, zapcore.WarnLevel, entries[0].Level)
		assert.Equal(t, zapcore.InfoLevel, entries[1].Level)
		assert.Empty(t, entries[0].Stack)
		require.NoError(t, metrics.Shutdown(context.Background()))
	})
}
