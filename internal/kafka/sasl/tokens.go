// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// tokenSource hands out tokens. It is also what collector extensions offer that
// can serve as auth.sasl.oauthbearer_token_source.
type tokenSource interface {
	Token(ctx context.Context) (*oauth2.Token, error)
}

// tokens keeps what its source has handed out for as long as that is valid, and
// for the rest of a scrape that it has failed. Brokers that are dialed side by
// side cause one request.
type tokens struct {
	ctx        context.Context //nolint:containedctx // sarama's interface takes none
	timeout    time.Duration   // for one token, which leaves time to log in with it
	extensions map[string]string

	// source is nil until the extension is known, which is before anybody logs in.
	source tokenSource
	flight singleflight.Group
	mu     sync.Mutex
	held   *oauth2.Token
	failed error // why there is none in this scrape
}

// Token implements [sarama.AccessTokenProvider].
func (t *tokens) Token() (*sarama.AccessToken, error) {
	got, err, _ := t.flight.Do("", func() (any, error) { return t.current() })
	if err != nil {
		return nil, err
	}
	return &sarama.AccessToken{Token: got.(*oauth2.Token).AccessToken, Extensions: t.extensions}, nil
}

func (t *tokens) current() (*oauth2.Token, error) {
	held, failed := t.known()
	if failed != nil || held.Valid() {
		return held, failed
	}
	token, err := t.fetch()
	switch {
	case err != nil:
		t.fail(err)
	case !token.Expiry.IsZero(): // else nobody knows when it ends
		t.hold(token)
	}
	return token, err
}

// fetch asks the source, which may be an extension's code: it may panic.
func (t *tokens) fetch() (token *oauth2.Token, err error) {
	defer func() {
		if r := recover(); r != nil {
			token, err = nil, &kafkaerr.TokenError{Cause: "the source of tokens panicked", Err: fmt.Errorf("panic: %v", r)}
		}
	}()
	ctx, cancel := context.WithTimeout(t.ctx, t.timeout)
	defer cancel()
	token, err = t.source.Token(ctx)
	if err != nil {
		return nil, err
	}
	if token == nil || token.AccessToken == "" {
		return nil, &kafkaerr.TokenError{Cause: "the source of tokens gave an empty one", Err: errors.New("empty")}
	}
	return token, nil
}

func (t *tokens) known() (*oauth2.Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held, t.failed
}

func (t *tokens) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = err
}

func (t *tokens) hold(token *oauth2.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = token
}

// extensionSource says of which extension an error is.
type extensionSource struct {
	id component.ID
	tokenSource
}

func (s *extensionSource) Token(ctx context.Context) (*oauth2.Token, error) {
	token, err := s.tokenSource.Token(ctx)
	if err != nil {
		return nil, &kafkaerr.TokenError{Cause: fmt.Sprintf("the extension %s gave no token", s.id), Err: plainTokenError(err)}
	}
	return token, nil
}
