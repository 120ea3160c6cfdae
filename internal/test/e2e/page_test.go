// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What kafka_exporter's probes and flags rely on is on the same port: the page
// at a path of the user's own, a landing page that names it, and /healthz.
func TestE2EPagePaths(t *testing.T) {
	kafka := startKafka(t)
	own := writeFile(t, "own.yaml", `exporters: {prometheus_page: {path: /kafka/metrics}}`)
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("kafka-exporter.yaml"), own)
	root := strings.TrimSuffix(c.metricsURL, "/metrics")
	c.metricsURL = root + "/kafka/metrics"
	c.eventually(t, func(now *assert.CollectT, found families) { assert.Contains(now, found, "kafka_brokers") })
	assert.Equal(t, "ok\n", get(t, root+"/healthz"))
	landing := get(t, root+"/")
	assert.Contains(t, landing, `href="/kafka/metrics"`)
	assert.Contains(t, landing, `href="/healthz"`)

	answer, err := http.Get(root + "/metrics")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusNotFound, answer.StatusCode)
}

// A page that cannot be served keeps the collector from starting, and one line
// says why.
func TestE2ERefusesPages(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { taken.Close() })
	noKey := writeFile(t, "empty.pem", "")
	for name, tt := range map[string]struct{ page, want string }{
		"port in use":            {fmt.Sprintf("{endpoint: %q}", taken.Addr()), "address already in use"},
		"certificate is missing": {"{tls: {cert_file: /nowhere/page.crt, key_file: /nowhere/page.key}}", "/nowhere/page.crt: no such file"},
		"certificate is empty":   {fmt.Sprintf("{tls: {cert_file: %q, key_file: %q}}", noKey, noKey), "failed to find any PEM data"},
		"path without a slash":   {"{path: metrics}", `"path" is "metrics": must be a path such as /metrics`},
	} {
		t.Run(name, func(t *testing.T) {
			c := &collector{}
			page := writeFile(t, "page.yaml", "exporters: {prometheus_page: "+tt.page+"}")
			out, err := command(t, brokersEnv(nobody(t)), "--config", shipped("default.yaml"), "--config", c.portsConfig(t), "--config", page).CombinedOutput()
			require.Error(t, err, "%s", out)
			assert.Contains(t, lastLine(string(out)), tt.want)
			assert.Equal(t, 1, linesWith(string(out), "Error: "), "%s", out)
			assert.LessOrEqual(t, linesWith(string(out), "\terror\t"), 1, "the log's own: %s", out)
		})
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// watchPage calls look with the page, over and over, until done returns true.
func (c *collector) watchPage(t *testing.T, look func(found families), done func() bool) {
	t.Helper()
	pulls := 0
	c.eventually(t, func(now *assert.CollectT, found families) {
		look(found)
		pulls++
		assert.True(now, pulls > 1 && done(), "what is awaited has not come")
	})
}

// A broker that hangs makes scrapes take many times their interval. What others
// answered stays on the page all the while, and so does what they answer now.
func TestE2EPageDoesNotBlinkWhileABrokerHangs(t *testing.T) {
	for _, interval := range []string{"1s", "3s"} {
		t.Run(interval, func(t *testing.T) {
			t.Parallel()
			kafka := startKafka(t)
			var addresses []string
			proxies := kafka.Proxies(t)
			for i, p := range proxies {
				addresses = append(addresses, p.Addr())
				kafka.MoveLeader(t, "orders", int32(i), int32(i))
			}
			coordinator := kafka.Kfake.CoordinatorFor("billing")
			hanging := (coordinator + 1) % 3
			c := start(t, append(brokersEnv(addresses[coordinator]), "KAFKALAG_INTERVAL="+interval), shipped("default.yaml"))
			c.eventually(t, func(now *assert.CollectT, found families) {
				assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
			})

			proxies[hanging].Hang()
			c.watchPage(t, func(found families) {
				assert.Equal(t, map[string]float64{"": 3}, found.values(t, "kafka_brokers"))
				assert.Equal(t, billingOffsets, found.values(t, "kafka_consumer_group_offset", lagLabels...))
				lag := found.values(t, "kafka_consumer_group_lag", lagLabels...)
				for partition := range int32(3) {
					key := "billing orders " + strconv.Itoa(int(partition))
					if value, shown := lag[key]; shown || partition != hanging {
						assert.InDelta(t, billingLag[key], value, 0, key)
					}
				}
			}, func() bool {
				unanswered := c.self(t).sums("otelcol_kafkalag_request_errors", "error_code")["NO_ANSWER"]
				return t.Failed() || unanswered >= 4
			})
		})
	}
}

// A group changes its state with a scrape: no page has it in two.
func TestE2EPageHasOneStateOfAGroup(t *testing.T) {
	kafka := startKafka(t)
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"))
	var seen []string
	look := func(found families) {
		for state := range found.values(t, "kafka_consumer_group_info", "state") { // two groups would be two of one state
			if len(seen) == 0 || seen[len(seen)-1] != state {
				seen = append(seen, state)
			}
		}
		assert.LessOrEqual(t, len(found.values(t, "kafka_consumer_group_info", "group", "state")), 1)
	}
	until := func(state string) {
		t.Helper()
		c.watchPage(t, look, func() bool { return len(seen) > 0 && seen[len(seen)-1] == state })
	}
	until("Empty")
	for range 2 {
		leave := consume(t, kafka.Brokers(), "billing", 1)
		until("Stable")
		leave()
		until("Empty")
	}
	assert.GreaterOrEqual(t, len(seen), 5, "%v", seen)
}

// hostOf is the host and port of a URL.
func hostOf(t *testing.T, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return parsed.Host
}
