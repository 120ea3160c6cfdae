// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
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

// tokenError is that there was nothing to log in with.
type tokenError struct {
	cause string
	err   error
}

// Error is one line, whatever others have answered.
func (e *tokenError) Error() string {
	return "no token: " + strings.Join(strings.Fields(e.err.Error()), " ")
}

func (e *tokenError) Unwrap() error { return e.err }

// newTokens returns nil where the login needs none.
func newTokens(ctx context.Context, cfg *Config) *tokens {
	t := &tokens{ctx: ctx, timeout: cfg.RequestTimeout / 2}
	switch cfg.Auth.mechanism() {
	case sarama.SASLTypeOAuth:
		if o := cfg.Auth.SASL.OAuthBearer; o != nil {
			t.source = newTokenServer(o)
			t.extensions = o.Extensions
		}
	case mechanismMSK:
		t.source = &mskSigner{region: cfg.Auth.SASL.AWSMSK.Region}
	default:
		return nil
	}
	return t
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

// fetch asks the source, which may be the code of others.
func (t *tokens) fetch() (token *oauth2.Token, err error) {
	defer func() {
		if r := recover(); r != nil {
			token, err = nil, &tokenError{cause: "the source of tokens panicked", err: fmt.Errorf("panic: %v", r)}
		}
	}()
	ctx, cancel := context.WithTimeout(t.ctx, t.timeout)
	defer cancel()
	token, err = t.source.Token(ctx)
	if err != nil {
		return nil, err
	}
	if token == nil || token.AccessToken == "" {
		return nil, &tokenError{cause: "the source of tokens gave an empty one", err: errors.New("empty")}
	}
	return token, nil
}

// begin opens a scrape: a source that failed is asked again.
func (t *tokens) begin() {
	if t != nil {
		t.fail(nil)
	}
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

// forget drops a token that a broker has refused, so that the next login gets
// another.
func (t *tokens) forget() {
	if t != nil {
		t.hold(nil)
	}
}

// useExtension takes the source of tokens from the collector's extensions,
// where that is configured.
func (c *Client) useExtension(host component.Host) error {
	if c.tokens == nil || c.cfg.Auth.SASL.OAuthBearerTokenSource == (component.ID{}) {
		return nil
	}
	const key = "auth.sasl.oauthbearer_token_source"
	id := c.cfg.Auth.SASL.OAuthBearerTokenSource
	extension, found := host.GetExtensions()[id]
	if !found {
		return fmt.Errorf(`%q is %q: must be an extension that service::extensions lists`, key, id)
	}
	source, ok := extension.(tokenSource)
	if !ok {
		return fmt.Errorf(`%q is %q: must be an extension that hands out OAuth 2.0 tokens, such as oauth2client`, key, id)
	}
	c.tokens.source = &extensionSource{id: id, tokenSource: source}
	return nil
}

// extensionSource says of which extension an error is.
type extensionSource struct {
	id component.ID
	tokenSource
}

func (s *extensionSource) Token(ctx context.Context) (*oauth2.Token, error) {
	token, err := s.tokenSource.Token(ctx)
	if err != nil {
		return nil, &tokenError{cause: fmt.Sprintf("the extension %s gave no token", s.id), err: plainTokenError(err)}
	}
	return token, nil
}
