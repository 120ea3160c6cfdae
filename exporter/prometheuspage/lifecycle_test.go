// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage/internal/metadata"
)

// startTest starts an exporter on a port that the kernel picks, as its log says.
func startTest(t *testing.T) (e exporter.Metrics, address string) {
	t.Helper()
	core, logs := observer.New(zap.InfoLevel)
	e = createWith(t, zap.New(core), "127.0.0.1:0", nil)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	serving := logs.FilterMessage("Serving metrics").All()
	require.Len(t, serving, 1)
	return e, serving[0].ContextMap()["address"].(string)
}

func create(t *testing.T, address string, change func(*Config)) exporter.Metrics {
	t.Helper()
	return createWith(t, zap.NewNop(), address, change)
}

func createWith(t *testing.T, log *zap.Logger, address string, change func(*Config)) exporter.Metrics {
	t.Helper()
	f := NewFactory()
	c := f.CreateDefaultConfig().(*Config)
	c.ServerConfig.NetAddr.Endpoint = address
	if change != nil {
		change(c)
	}
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = log
	e, err := f.CreateMetrics(t.Context(), set, c)
	require.NoError(t, err)
	return e
}

func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

func TestServes(t *testing.T) {
	e, address := startTest(t)
	require.NoError(t, e.ConsumeMetrics(t.Context(), gauges(1, "lag", map[string]int64{"g": 1})))
	assert.Contains(t, get(t, "http://"+address+"/metrics"), "\nlag{group=\"g\"")
	assert.Equal(t, "ok\n", get(t, "http://"+address+"/healthz"))
	require.NoError(t, e.Shutdown(t.Context()))
	// A collector that reloads starts the next at once.
	again := create(t, address, nil)
	require.NoError(t, again.Start(t.Context(), componenttest.NewNopHost()))
	assert.Empty(t, get(t, "http://"+address+"/metrics"))
	require.NoError(t, again.Shutdown(t.Context()))
}

func TestPortInUseIsOneLine(t *testing.T) {
	e, address := startTest(t)
	second := create(t, address, nil)
	err := second.Start(t.Context(), componenttest.NewNopHost())
	require.ErrorContains(t, err, fmt.Sprintf("%q is %q: must be free to listen on", "endpoint", address))
	assert.NotContains(t, err.Error(), "\n")
	require.NoError(t, second.Shutdown(t.Context()))
	require.NoError(t, e.Shutdown(t.Context()))
}

// A certificate that cannot be read is said, and leaves the port free.
func TestUnreadableCertificateIsOneLine(t *testing.T) {
	e, address := startTest(t)
	require.NoError(t, e.Shutdown(t.Context()))
	missing := filepath.Join(t.TempDir(), "cert.pem")
	e = create(t, address, func(c *Config) {
		c.ServerConfig.TLS = configoptional.Some(configtls.ServerConfig{Config: configtls.Config{CertFile: missing, KeyFile: missing}})
	})
	err := e.Start(t.Context(), componenttest.NewNopHost())
	require.ErrorContains(t, err, `"tls" cannot be used`)
	require.ErrorContains(t, err, missing)
	assert.NotContains(t, err.Error(), "\n")
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, e.Shutdown(t.Context()))
}

// A client that does not read holds up neither the pipeline, nor other clients,
// nor the end.
func TestSlowClientHoldsNothingUp(t *testing.T) {
	e, address := startTest(t)
	require.NoError(t, e.ConsumeMetrics(t.Context(), lagPoints(60_000, 1)))
	slow, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer slow.Close()
	require.NoError(t, slow.(*net.TCPConn).SetReadBuffer(4096))
	_, err = io.WriteString(slow, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	line, err := bufio.NewReaderSize(slow, 16).ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 200 OK", strings.TrimSpace(line))

	require.NoError(t, e.ConsumeMetrics(t.Context(), gauges(2, "after", map[string]int64{"g": 1})))
	assert.Contains(t, get(t, "http://"+address+"/metrics"), "\nafter{")
	began := time.Now()
	require.NoError(t, e.Shutdown(context.Background()))
	assert.Less(t, time.Since(began), 5*farewell)
}

// Who does not take the page in time is cut off.
func TestSlowClientIsCutOff(t *testing.T) {
	e, h := newTestExporter(t, nil)
	h.limit = 100 * time.Millisecond
	e.mustConsume(t, lagPoints(60_000, 1))
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	slow, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer slow.Close()
	_, err = io.WriteString(slow, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	select {
	case <-done:
		assert.Empty(t, h.pulls, "its place is free again")
	case <-time.After(stalled / 2):
		t.Error("still sending")
	}
}
