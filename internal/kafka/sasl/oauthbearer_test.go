// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// What the token server and the broker receive beside the credentials.
func TestTokenServerParametersAndExtensions(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, r.ParseForm())
		assert.Equal(t, url.Values{
			"grant_type": {"client_credentials"}, "scope": {"a b"}, "audience": {"kafka", "other"}, "resource": {"r"},
		}, r.PostForm)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token": "the-token", "token_type": "Bearer", "expires_in": 60}`))
	}))
	defer server.Close()
	fake := kafkatest.StartFake(t, 1)
	fake.AcceptBearer(func(message string) bool {
		return message == "n,,\x01auth=Bearer the-token\x01identityPoolId=pool-1\x01logicalCluster=lkc-1\x01\x01"
	})
	auth := AuthConfig{SASL: &Config{Mechanism: "OAUTHBEARER", OAuthBearer: &OAuthBearerConfig{
		ClientID: "c", ClientSecret: "s", TokenURL: server.URL, Scopes: []string{"a", "b"},
		EndpointParams: map[string][]configopaque.String{"audience": {"kafka", "other"}, "resource": {"r\n"}},
		Extensions:     map[string]string{"logicalCluster": "lkc-1", "identityPoolId": "pool-1"},
	}}}
	requireLoginAt(t, fake.Brokers()[0], auth, "")
}

// Whoever answers in the token server's place must not lead the secret away.
func TestTokenServerIsNotLeft(t *testing.T) {
	var astray atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { astray.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		defer server.Close()
		_, err := newTokenServer(&OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: server.URL}).Token(t.Context())
		var failed *kafkaerr.TokenError
		require.ErrorAs(t, err, &failed)
		assert.Contains(t, failed.Cause, "the token server refused")
		require.ErrorContains(t, err, "the token server answered 3")
	}
	assert.Zero(t, astray.Load())
}
