// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever answers in the token server's place must not lead the secret away.
func TestTokenServerIsNotLeft(t *testing.T) {
	var astray atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { astray.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		defer server.Close()
		_, err := newTokenServer(&OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: server.URL}).Token(t.Context())
		var failed *tokenError
		require.ErrorAs(t, err, &failed)
		assert.Contains(t, failed.cause, "the token server refused")
		assert.ErrorContains(t, err, "the token server answered 3")
	}
	assert.Zero(t, astray.Load())
}
