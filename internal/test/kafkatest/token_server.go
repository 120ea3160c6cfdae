// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TokenServer is an OAuth 2.0 server inside the test process. It serves the
// client credentials grant, with the unsigned tokens that Kafka's own
// OAuthBearerLoginModule accepts where nothing else is configured.
type TokenServer struct {
	URL              string
	ClientID, Secret string
	Lifetime         time.Duration // of each token

	issued atomic.Int64
}

// StartTokenServer runs a server until the test ends, over TLS where there is a
// certificate.
func StartTokenServer(t testing.TB, certificate *Certificate) *TokenServer {
	t.Helper()
	s := &TokenServer{ClientID: "monitor", Secret: "client-secret-of-monitor", Lifetime: time.Hour}
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that distrust it
	if certificate == nil {
		server.Start()
	} else {
		pair, err := tls.LoadX509KeyPair(certificate.Cert, certificate.Key)
		if err != nil {
			t.Fatal(err)
		}
		server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	s.URL = server.URL + "/token"
	return s
}

// Issued counts the tokens handed out.
func (s *TokenServer) Issued() int { return int(s.issued.Load()) }

// ServeHTTP implements [http.Handler].
func (s *TokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	w.Header().Set("Content-Type", "application/json")
	if id != s.ClientID || secret != s.Secret || r.FormValue("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		// What it was sent must not come up in anybody's log.
		_ = json.NewEncoder(w).Encode(map[string]string{
			"error": "invalid_client", "error_description": "no client " + id + " with secret " + secret,
		})
		return
	}
	s.issued.Add(1)
	_ = json.NewEncoder(w).Encode(map[string]any{ // the client may have gone
		"access_token": UnsignedToken(id, s.Lifetime, strings.Fields(r.FormValue("scope"))...),
		"token_type":   "bearer",
		"expires_in":   int(s.Lifetime.Seconds()),
	})
}

// UnsignedToken makes a token for the subject.
func UnsignedToken(subject string, lifetime time.Duration, scopes ...string) string {
	now := time.Now()
	part := func(claims map[string]any) string {
		text, _ := json.Marshal(claims) // strings and numbers
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(map[string]any{"alg": "none"}) + "." + part(map[string]any{
		"sub": subject, "scope": scopes,
		"iat": now.Unix(), "exp": now.Add(lifetime).Unix(),
	}) + "."
}
