// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package promtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRulesPrometheusScrapesAndAlerts(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, `answer{group="billing"} 42`)
	}))
	t.Cleanup(target.Close)
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	require.NoError(t, os.WriteFile(rules, []byte(`
groups: [{name: test, interval: 1s, rules: [
  {alert: TooMuch, expr: answer > 41, annotations: {summary: "{{ $labels.group }} has {{ $value }}"}},
  {alert: TooLittle, expr: answer < 41},
]}]
`), 0o600))
	assert.Contains(t, Promtool(t, "check", "rules", rules), "SUCCESS: 2 rules found")

	s := Start(t, fmt.Sprintf(`
global: {scrape_interval: 1s}
rule_files: [%q]
scrape_configs: [{job_name: test, static_configs: [{targets: [%q]}]}]
`, rules, target.Listener.Addr()))
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		found := s.Query(now, `answer{group="billing"}`)
		require.Len(now, found, 1)
		assert.InDelta(now, 42, float64(found[0].Value), 0)
		firing := s.Firing(now, "TooMuch")
		require.Len(now, firing, 1)
		assert.Equal(now, "billing has 42", firing[0].Annotations["summary"])
		assert.Empty(now, s.Firing(now, "TooLittle"))
	}, startLimit, 100*time.Millisecond)
	assert.Empty(t, s.Query(t, "nothing"))
}

func TestRulesPrometheusTakesRemoteWrite(t *testing.T) {
	status := func(s *Server) int {
		response, err := client.Post(s.RemoteWriteURL(), "application/x-protobuf", http.NoBody)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	assert.Equal(t, http.StatusNotFound, status(Start(t, "")))
	assert.Equal(t, http.StatusBadRequest, status(Start(t, "", RemoteWrite)), "an empty write")
}

func TestE2EModernPrometheusTakesOTLP(t *testing.T) {
	status := func(s *Server) int {
		response, err := client.Post(s.OTLPURL()+"/v1/metrics", "application/x-protobuf", http.NoBody)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	assert.Equal(t, http.StatusNotFound, status(StartModern(t, "")))
	assert.Equal(t, http.StatusOK, status(StartModern(t, "", OTLP)), "an empty message")
}
