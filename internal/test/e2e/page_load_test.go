// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// largePage is how many series the page has that many pull at once: some 10 MB
// of text.
const largePage = 100_000

// atOnce is how many pull.
const atOnce = 200

// mostForAll is how much memory they may take together: less than a page each.
const mostForAll = 100 << 20

// Clients that take a page slowly, or not at all, hold up neither what arrives
// nor the others, and cost little memory. They are cut off.
func TestE2ESlowPullsHoldUpNothing(t *testing.T) {
	p := startLargePage(t)
	before := p.peakMemory(t)
	var slow []net.Conn
	for range atOnce {
		slow = append(slow, p.pullWithoutReading(t))
	}
	sip(t, slow[0])

	p.send(t, 2)
	began := time.Now()
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		assert.Contains(now, get(now, p.metricsURL), "\nnewest 2\n")
	}, patience, tick)
	assert.Less(t, time.Since(began), 5*time.Second, "until what arrived is on the page")
	assertLittle(t, p.peakMemory(t)-before)
	p.selfEventually(t, func(now *assert.CollectT, found families) {
		assert.InDelta(now, atOnce, found.sums("otelcol_prometheus_page_pulls", "outcome")["broken_off"], 0)
	})
}

// Many who pull at once get the whole page each.
func TestE2EManyPullAtOnce(t *testing.T) {
	p := startLargePage(t)
	before := p.peakMemory(t)
	var pulling sync.WaitGroup
	sizes, errs := make([]int64, atOnce), make([]error, atOnce)
	for i := range atOnce {
		pulling.Go(func() { sizes[i], errs[i] = p.gzipSize() })
	}
	pulling.Wait()
	require.NoError(t, errors.Join(errs...))
	assertLittle(t, p.peakMemory(t)-before)
	want, err := p.gzipSize()
	require.NoError(t, err)
	for _, size := range sizes {
		assert.Equal(t, want, size)
	}
}

func assertLittle(t *testing.T, memory int64) {
	t.Helper()
	t.Logf("%d pulls at once took %d MiB", atOnce, memory>>20)
	assert.Less(t, memory, int64(mostForAll))
}

// loadedPage is a collector that shows on its page what it is sent.
type loadedPage struct {
	*collector
	client pmetricotlp.GRPCClient
}

// startLargePage returns once the page has been pulled in both encodings.
func startLargePage(t *testing.T) *loadedPage {
	t.Helper()
	address := nobody(t)
	p := &loadedPage{collector: start(t, nil, writeFile(t, "load.yaml", fmt.Sprintf(`
receivers: {otlp: {protocols: {grpc: {endpoint: %q, max_recv_msg_size_mib: 64}}}}
exporters: {prometheus_page: {exact_expiry: true, without_scope_info: true}}
service: {pipelines: {metrics: {receivers: [otlp], exporters: [prometheus_page]}}}
`, address)))}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	p.client = pmetricotlp.NewGRPCClient(conn)
	p.send(t, 1)
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		page := get(now, p.metricsURL)
		assert.Equal(now, largePage, strings.Count(page, "\nload{"))
		assert.Greater(now, len(page), 8<<20)
	}, patience, tick)
	size, err := p.gzipSize()
	require.NoError(t, err)
	assert.Positive(t, size)
	return p
}

// send has the collector receive all series, and newest with this value.
func (p *loadedPage) send(t *testing.T, newest int64) {
	t.Helper()
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	now := pcommon.NewTimestampFromTime(time.Now())
	gauge := func(name string) pmetric.NumberDataPointSlice {
		metric := metrics.AppendEmpty()
		metric.SetName(name)
		return metric.SetEmptyGauge().DataPoints()
	}
	load := gauge("load")
	load.EnsureCapacity(largePage)
	for i := range largePage {
		point := load.AppendEmpty()
		point.SetTimestamp(now)
		point.SetIntValue(int64(i))
		point.Attributes().PutStr("item", fmt.Sprintf("%070d", i))
	}
	point := gauge("newest").AppendEmpty()
	point.SetTimestamp(now)
	point.SetIntValue(newest)
	_, err := p.client.Export(t.Context(), pmetricotlp.NewExportRequestFromMetrics(md), grpc.MaxCallSendMsgSize(64<<20))
	require.NoError(t, err)
}

// gzipSize pulls the page as Prometheus does, and returns how many bytes came.
func (p *loadedPage) gzipSize() (int64, error) {
	request, err := http.NewRequest(http.MethodGet, p.metricsURL, http.NoBody)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if encoding := answer.Header.Get("Content-Encoding"); encoding != "gzip" {
		return 0, fmt.Errorf("the page came in %q", encoding)
	}
	return io.Copy(io.Discard, answer.Body)
}

// pullWithoutReading asks for the page and reads the beginning of the answer.
func (p *loadedPage) pullWithoutReading(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", hostOf(t, p.metricsURL))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(4<<10))
	_, err = io.WriteString(conn, "GET /metrics HTTP/1.1\r\nHost: page\r\n\r\n")
	require.NoError(t, err)
	begin := make([]byte, len("HTTP/1.1 200"))
	_, err = io.ReadFull(conn, begin)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 200", string(begin))
	return conn
}

// sip reads a byte a second until the test ends.
func sip(t *testing.T, conn net.Conn) {
	t.Helper()
	done := make(chan struct{})
	var sipping sync.WaitGroup
	sipping.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				if _, err := conn.Read(make([]byte, 1)); err != nil {
					return // cut off
				}
			}
		}
	})
	t.Cleanup(func() {
		close(done)
		sipping.Wait()
	})
}

var highWaterMark = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// peakMemory is the most that the collector has had resident so far, in bytes.
func (p *loadedPage) peakMemory(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.process.PID()))
	require.NoError(t, err)
	found := highWaterMark.FindSubmatch(status)
	require.NotNil(t, found, "%s", status)
	kib, err := strconv.ParseInt(string(found[1]), 10, 64)
	require.NoError(t, err)
	return kib << 10
}
