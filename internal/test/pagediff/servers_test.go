// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package pagediff

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// server is an exporter that runs.
type server struct {
	exporter exporter.Metrics
	client   *http.Client
}

// start runs an exporter with a configuration as it stands in a file. It listens on a Unix
// socket: contrib's does not say which port the kernel picked, and one that was free a moment
// ago may be the source of another test's connection by now.
func start(t *testing.T, factory exporter.Factory, keys map[string]any) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", "page") //nolint:usetesting // a socket's name is short, and a test's folder may not be
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	socket := filepath.Join(dir, "socket")
	config := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(keys).Unmarshal(config))
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"endpoint": socket, "transport": "unix"}).Unmarshal(config))
	e, err := factory.CreateMetrics(t.Context(), exportertest.NewNopSettings(factory.Type()), config)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.Background())) })
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	return &server{exporter: e, client: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// send hands a copy of metrics to an exporter, which may change them.
func (s *server) send(t *testing.T, md pmetric.Metrics) {
	t.Helper()
	sent := pmetric.NewMetrics()
	md.CopyTo(sent)
	require.NoError(t, s.exporter.ConsumeMetrics(t.Context(), sent))
}

// read pulls the page and reads it.
func (s *server) read(t *testing.T, accept string) content {
	t.Helper()
	page, contentType := s.pull(t, accept)
	return read(t, page, contentType)
}

func (s *server) pull(t *testing.T, accept string) (page, contentType string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://page/metrics", nil)
	require.NoError(t, err)
	request.Header.Set("Accept", accept)
	request.Close = true
	response, err := s.client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", body)
	return string(body), response.Header.Get("Content-Type")
}

// both runs ours and contrib's with the same keys, but for exact expiry that only
// ours has.
func both(t *testing.T, keys map[string]any) (ours, theirs *server) {
	t.Helper()
	return start(t, prometheuspage.NewFactory(), keys), start(t, prometheusexporter.NewFactory(), keys)
}
