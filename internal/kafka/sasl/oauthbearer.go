// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// oauthBearer shows a token, of a token server or a collector extension.
var oauthBearer = mechanism{
	name:     sarama.SASLTypeOAuth,
	validate: (*Config).tokenErrors,
	tokens: func(a *AuthConfig) (tokenSource, map[string]string) {
		if o := a.SASL.OAuthBearer; o != nil {
			return newTokenServer(o), o.Extensions
		}
		return nil, nil
	},
	sendsSecret: true,
	hints:       kafkaerr.LoginHints{Refused: "it does not accept the token: check its issuer, audience, scopes and the clocks"},
}

// tokenServer asks an OAuth 2.0 server by the client credentials grant.
type tokenServer struct {
	cfg   *OAuthBearerConfig
	grant clientcredentials.Config
}

func newTokenServer(cfg *OAuthBearerConfig) *tokenServer {
	return &tokenServer{cfg: cfg, grant: clientcredentials.Config{
		ClientID:       cfg.ClientID,
		ClientSecret:   secretValue(cfg.ClientSecret),
		TokenURL:       cfg.TokenURL,
		Scopes:         cfg.Scopes,
		EndpointParams: secretValues(cfg.EndpointParams),
	}}
}

func secretValues(secrets map[string][]configopaque.String) url.Values {
	values := url.Values{}
	for key, of := range secrets {
		for _, secret := range of {
			values.Add(key, secretValue(secret))
		}
	}
	return values
}

// Token implements [tokenSource].
func (s *tokenServer) Token(ctx context.Context) (*oauth2.Token, error) {
	client, err := s.client(ctx)
	if err != nil {
		return nil, &kafkaerr.TokenError{Cause: "check auth.sasl.oauthbearer.tls", Err: err}
	}
	token, err := s.grant.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err != nil {
		return nil, &kafkaerr.TokenError{Cause: causeOfTokenServer(err), Err: plainTokenError(err)}
	}
	return token, nil
}

// client returns a client for one request, so that it sees files that were replaced.
// Tokens are requested rarely.
func (s *tokenServer) client(ctx context.Context) (*http.Client, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	transport.DisableKeepAlives = true
	if s.cfg.TLS != nil {
		config, err := s.cfg.TLS.LoadTLSConfig(ctx)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = config
	}
	return &http.Client{Transport: transport, CheckRedirect: stay}, nil
}

// stay follows no redirection: it could send the client's secret to another server,
// even in plain text.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func causeOfTokenServer(err error) string {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response != nil && refused.Response.StatusCode < 500 {
		return "the token server refused: check client_id, client_secret, token_url and scopes of auth.sasl.oauthbearer"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the token server's certificate is signed by a CA that is not trusted: set auth.sasl.oauthbearer.tls.ca_file"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the token server's certificate is for another name: check auth.sasl.oauthbearer.token_url"
	}
	if kafkaerr.IsTimeout(err) {
		return "the token server did not answer within half of request_timeout"
	}
	return "no answer from the token server: check auth.sasl.oauthbearer.token_url"
}

// plainTokenError is err on one line, without the server's whole page.
func plainTokenError(err error) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok || refused.Response == nil:
		return err
	case refused.ErrorCode == "":
		return fmt.Errorf("the token server answered %s", refused.Response.Status)
	}
	return fmt.Errorf("the token server answered %s: %s", refused.Response.Status, refused.ErrorCode)
}

func (s *Config) tokenErrors() []error {
	extension := s.OAuthBearerTokenSource != component.ID{}
	switch {
	case extension && s.OAuthBearer != nil:
		return []error{errors.New(`"auth.sasl.oauthbearer" is set beside "auth.sasl.oauthbearer_token_source": must be one of them`)}
	case extension:
		return nil
	case s.OAuthBearer == nil:
		return []error{errors.New(`"auth.sasl.oauthbearer" is empty: must be set for OAUTHBEARER, or "auth.sasl.oauthbearer_token_source"`)}
	}
	return s.OAuthBearer.validationErrors()
}

func (o *OAuthBearerConfig) validationErrors() []error {
	var errs []error
	for _, needed := range []struct{ key, given string }{
		{"client_id", o.ClientID},
		{"client_secret", secretValue(o.ClientSecret)},
	} {
		if needed.given == "" {
			errs = append(errs, notEmpty("auth.sasl.oauthbearer."+needed.key, sarama.SASLTypeOAuth))
		}
	}
	u, err := url.Parse(o.TokenURL)
	switch {
	// Whoever dials a URL shows it in errors.
	case strings.Contains(o.TokenURL, "@"):
		errs = append(errs, errors.New(`"auth.sasl.oauthbearer.token_url" has an "@" and is not shown: must be a URL without user name and password`))
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		errs = append(errs, fmt.Errorf(`"auth.sasl.oauthbearer.token_url" is %q: must be an http or https URL`, withoutQuery(o.TokenURL)))
	case u.Scheme == "http" && o.TLS != nil && !o.TLS.IsOff():
		errs = append(errs, fmt.Errorf(`"auth.sasl.oauthbearer.token_url" is %q: must be an https URL beside "auth.sasl.oauthbearer.tls"`, withoutQuery(o.TokenURL)))
	}
	if _, reserved := o.Extensions[sarama.SASLExtKeyAuth]; reserved {
		errs = append(errs, fmt.Errorf(`"auth.sasl.oauthbearer.extensions" has %q: must be another name, that is the token's own`, sarama.SASLExtKeyAuth))
	}
	return errs
}

// withoutQuery returns a URL as it may be shown: a query may have a secret.
func withoutQuery(given string) string {
	shown, _, _ := strings.Cut(given, "?")
	return shown
}
