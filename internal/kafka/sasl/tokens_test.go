// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"golang.org/x/oauth2"
)

// countingSource hands out tokens that are valid for a lifetime, or for nobody
// knows how long; the first takes a while.
type countingSource struct {
	mu       sync.Mutex
	asked    int
	lifetime time.Duration
	unending bool
}

func (s *countingSource) Token(context.Context) (*oauth2.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	token := &oauth2.Token{AccessToken: "t"}
	if !s.unending {
		token.Expiry = time.Now().Add(max(s.lifetime, time.Minute))
	}
	return token, nil
}

func TestTokensAreHeldWhileTheyAreValid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &countingSource{lifetime: time.Hour}
		tokens := &tokens{ctx: t.Context(), timeout: time.Second, source: source}
		for range 12 { // two hours
			_, err := tokens.Token()
			require.NoError(t, err)
			time.Sleep(10 * time.Minute)
		}
		assert.Equal(t, 2, source.asked)
	})
}

func TestTokensWithoutAnEndAreNotHeld(t *testing.T) {
	source := &countingSource{unending: true}
	tokens := &tokens{ctx: t.Context(), timeout: time.Second, source: source}
	for range 3 {
		_, err := tokens.Token()
		require.NoError(t, err)
	}
	assert.Equal(t, 3, source.asked)
}

// hangingSource gives up when its context ends.
type hangingSource struct{ asked chan struct{} }

func (s *hangingSource) Token(ctx context.Context) (*oauth2.Token, error) {
	s.asked <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

// Brokers are dialed in parallel: if a source hangs, all wait for it once.
func TestTokensAreAskedForOnceAndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &hangingSource{asked: make(chan struct{}, 10)}
		tokens := &tokens{ctx: t.Context(), timeout: 2 * time.Second, source: source}
		began := time.Now()
		var wait sync.WaitGroup
		for range 5 {
			wait.Go(func() {
				_, err := tokens.Token()
				assert.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		wait.Wait()
		assert.Equal(t, 2*time.Second, time.Since(began))
		assert.Len(t, source.asked, 1)
	})
}

// failingSource fails, or worse.
type failingSource struct {
	asked  int
	panics bool
}

func (s *failingSource) Token(context.Context) (*oauth2.Token, error) {
	s.asked++
	if s.panics {
		panic("of somebody else's")
	}
	return nil, errors.New("away")
}

func TestTokensThatFailAreAskedForOnceAScrape(t *testing.T) {
	for name, source := range map[string]*failingSource{"fails": {}, "panics": {panics: true}} {
		t.Run(name, func(t *testing.T) {
			tokens := &tokens{ctx: t.Context(), timeout: time.Second, source: source}
			for range 2 {
				tokens.fail(nil)
				for range 3 {
					_, err := tokens.Token()
					require.Error(t, err)
				}
			}
			assert.Equal(t, 2, source.asked)
		})
	}
}

type extensions map[component.ID]component.Component

func (e extensions) GetExtensions() map[component.ID]component.Component { return e }

func TestUseExtension(t *testing.T) {
	id := component.MustNewID("oauth2client")
	for name, tt := range map[string]struct {
		host extensions
		want string
	}{
		"missing": {nil, `"auth.sasl.oauthbearer_token_source" is "oauth2client": must be an extension that service::extensions lists`},
		"another": {extensions{id: nil}, `"auth.sasl.oauthbearer_token_source" is "oauth2client": must be an extension that hands out OAuth 2.0 tokens, such as oauth2client`},
		"right": {extensions{id: &struct {
			component.Component
			countingSource
		}{}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			auth := AuthConfig{SASL: &Config{Mechanism: "OAUTHBEARER", OAuthBearerTokenSource: id}}
			err := NewLogin(t.Context(), &auth, time.Second).UseExtension(tt.host)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}
