// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"golang.org/x/oauth2"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

type extensionHost map[component.ID]component.Component

func (e extensionHost) GetExtensions() map[component.ID]component.Component { return e }

// constantToken is an extension that hands out the same token again and again.
type constantToken struct{ component.Component }

func (constantToken) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: "t", Expiry: time.Now().Add(time.Hour)}, nil
}

// Attempts may lock an account.
func TestRefusedLoginsAreTriedOnceAScrape(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	var logins atomic.Int64
	fake.AcceptTokens(func(string) bool {
		logins.Add(1)
		return false
	})
	cfg := testConfig(fake.Brokers()...)
	id := component.MustNewID("tokens")
	cfg.Auth.SASL = &sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearerTokenSource: id}
	client := newClientOf(t, cfg, nil)
	require.NoError(t, client.Start(extensionHost{id: constantToken{}}))
	const scrapes = 12
	for range scrapes {
		_, err := client.Snapshot(t.Context(), Request{Topic: anything})
		require.Error(t, err)
	}
	assert.Equal(t, int64(scrapes), logins.Load())
}

// Every broker counts attempts for the same account, and the source of tokens
// does. What was mended is seen with the next scrape, on all brokers.
func TestRefusedLoginsOfManyBrokers(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	var logins atomic.Int64
	var right atomic.Bool
	fake.AcceptTokens(func(string) bool {
		logins.Add(1)
		return right.Load()
	})
	cfg := testConfig(fake.Brokers()...)
	id := component.MustNewID("tokens")
	cfg.Auth.SASL = &sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearerTokenSource: id}
	client := newClientOf(t, cfg, nil)
	require.NoError(t, client.Start(extensionHost{id: constantToken{}}))
	for scrape, want := range []int64{3, 3, 1, 2, 1, 1, 1, 2} { // see skipsAfter
		logins.Store(0)
		_, err := client.Snapshot(t.Context(), everything())
		require.Error(t, err)
		assert.Equal(t, want, logins.Load(), "scrape %d", scrape)
	}
	right.Store(true)
	s, err := client.Snapshot(t.Context(), everything())
	require.NoError(t, err)
	assert.Empty(t, s.Failures)
}
