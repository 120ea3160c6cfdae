// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPaths(t *testing.T) {
	_, h := newTestExporter(t, func(c *Config) { c.Path = "/kafka/metrics" })
	for _, c := range []struct {
		method, path string
		status       int
		contains     string
	}{
		{http.MethodGet, "/", 200, `<a href="/kafka/metrics">`},
		{http.MethodGet, "/healthz", 200, "ok\n"},
		{http.MethodGet, "/kafka/metrics", 200, ""},
		{http.MethodGet, "/kafka/metrics?x=y", 200, ""},
		{http.MethodHead, "/kafka/metrics", 200, ""},
		{http.MethodGet, "/metrics", 404, ""},
		{http.MethodGet, "/kafka/metrics/", 404, ""},
		{http.MethodPost, "/kafka/metrics", 405, ""},
		{http.MethodDelete, "/", 405, ""},
	} {
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, httptest.NewRequest(c.method, c.path, nil))
		assert.Equal(t, c.status, recorder.Code, c.path)
		assert.Contains(t, recorder.Body.String(), c.contains)
	}
}

func TestHeadHasTheSize(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"g": 1}))
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequest(http.MethodHead, "/metrics", nil))
	assert.Equal(t, strconv.Itoa(len(page004(t, h))), recorder.Header().Get("Content-Length"))
	assert.Empty(t, recorder.Body.String())
}

// More than so many at once are turned away, with the time to come again.
func TestPullsAreBounded(t *testing.T) {
	_, h := newTestExporter(t, nil)
	for range maxPulls {
		h.pulls <- struct{}{}
	}
	refused := pull(t, h)
	assert.Equal(t, http.StatusServiceUnavailable, refused.status)
	assert.Equal(t, "1", refused.header.Get("Retry-After"))
	<-h.pulls
	assert.Equal(t, http.StatusOK, pull(t, h).status)
	assert.Len(t, h.pulls, maxPulls-1, "its place is free again")
}

// CORS, which is the server's, lets answers vary by the origin.
func TestVaryIsAddedTo(t *testing.T) {
	_, h := newTestExporter(t, nil)
	recorder := httptest.NewRecorder()
	recorder.Header().Set("Vary", "Origin")
	h.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	assert.Equal(t, []string{"Origin", "Accept, Accept-Encoding"}, recorder.Header().Values("Vary"))
}
