// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/promtest"
)

// scraped is a way to serve the page and to pull it.
type scraped struct {
	overlays []string // of config/endpoint/
	config   string   // one more, on top
	job      string   // what Prometheus is told beside the target
	format   string   // what it gets
}

// A real Prometheus pulls the page by every way that the shipped configs serve
// it, in both formats. A group that is gone is gone there with the next scrape,
// not after the minutes that it looks back for what has no end.
func TestRulesPrometheusScrapesThePage(t *testing.T) {
	promtest.Need(t)
	ca := kafkatest.NewCA(t)
	server, client := ca.Issue(t, "server", time.Hour, "127.0.0.1"), ca.Issue(t, "prometheus", time.Hour)
	hash, err := bcrypt.GenerateFromPassword([]byte("pa55word"), bcrypt.MinCost)
	require.NoError(t, err)
	const text, openMetrics = "text-0.0.4", "openmetrics-1.0.0"
	trusting := fmt.Sprintf("ca_file: %q", ca.File)
	ways := map[string]scraped{
		"plain":       {format: text},
		"OpenMetrics": {config: "exporters: {prometheus_page: {enable_open_metrics: true}}", format: openMetrics},
		"TLS":         {overlays: []string{"tls.yaml"}, job: "scheme: https, tls_config: {" + trusting + "}", format: text},
		"mutual TLS": {
			overlays: []string{"mutual-tls.yaml"}, format: text,
			job: fmt.Sprintf("scheme: https, tls_config: {%s, cert_file: %q, key_file: %q}", trusting, client.Cert, client.Key),
		},
		"basic auth": {
			overlays: []string{"basic-auth.yaml"}, format: text,
			job: "basic_auth: {username: prometheus, password: pa55word}",
		},
	}

	kafka := startKafka(t)
	kafka.Commit(t, "audit", map[string]map[int32]int64{"orders": {0: 1}})
	env := append(brokersEnv(kafka.Brokers()...), "KAFKALAG_EXPIRATION=1h",
		"KAFKALAG_CERT_FILE="+server.Cert, "KAFKALAG_KEY_FILE="+server.Key, "KAFKALAG_CLIENT_CA_FILE="+ca.File,
		"KAFKALAG_HTPASSWD_FILE="+writeFile(t, "htpasswd", "prometheus:"+string(hash)+"\n"))
	collectors, jobs := map[string]*collector{}, ""
	for name, way := range ways {
		configs := []string{shipped("default.yaml")}
		for _, overlay := range way.overlays {
			configs = append(configs, shipped("endpoint/"+overlay))
		}
		c := start(t, env, append(configs, writeFile(t, "own.yaml", way.config))...)
		collectors[name] = c
		jobs += fmt.Sprintf("  - {job_name: %q, static_configs: [{targets: [%q]}], %s}\n", name, hostOf(t, c.metricsURL), way.job)
	}
	prometheus := promtest.Start(t, "global: {scrape_interval: 1s}\nscrape_configs:\n"+jobs)

	lags := func(t require.TestingT, job string) map[string]float64 {
		lags := map[string]float64{}
		for _, s := range prometheus.Query(t, fmt.Sprintf("kafka_consumer_group_lag{job=%q}", job)) {
			var key []string
			for _, label := range lagLabels {
				key = append(key, string(s.Metric[model.LabelName(label)]))
			}
			lags[strings.Join(key, " ")] = float64(s.Value)
		}
		return lags
	}
	both := maps.Clone(billingLag)
	both["audit orders 0"] = 9
	for name, way := range ways {
		require.EventuallyWithT(t, func(now *assert.CollectT) { assert.Equal(now, both, lags(now, name)) }, patience, tick, name)
		collectors[name].selfEventually(t, func(now *assert.CollectT, found families) {
			pulls := found.sums("otelcol_prometheus_page_pulls", "format", "encoding", "outcome")
			assert.Equal(now, []string{way.format + " gzip sent"}, slices.Collect(maps.Keys(pulls)), name)
		})
	}

	kafka.DeleteGroup(t, "audit")
	for name := range ways {
		require.EventuallyWithT(t, func(now *assert.CollectT) { assert.Equal(now, billingLag, lags(now, name)) }, patience, tick, name)
	}
}
