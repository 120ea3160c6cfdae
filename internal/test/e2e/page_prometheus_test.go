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

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// scraped is a way to serve the page and to pull it.
type scraped struct {
	overlays []string // of config/endpoint/
	config   string   // one more, on top
	job      string   // what Prometheus is given beside the target
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

// A Prometheus of today asks for names as they are, or for one of the ways to
// escape them, and gets what it asks for in the newest text as in OpenMetrics.
func TestRulesModernPrometheusChoosesNames(t *testing.T) {
	binary(t)
	names := map[string]string{ // by the escaping that Prometheus asks for
		"allow-utf-8": `{"kafka.consumer_group.lag"`,
		"underscores": `{__name__="kafka_consumer_group_lag"`,
		"dots":        `{__name__="kafka_dot_consumer__group_dot_lag"`,
		"values":      `{__name__="U__kafka_2e_consumer__group_2e_lag"`,
	}
	kafka := startKafka(t)
	collectors, jobs := map[string]*collector{}, ""
	for format, offered := range map[string]bool{"text-1.0.0": false, "openmetrics-1.0.0": true} {
		own := fmt.Sprintf("exporters: {prometheus_page: {translation_strategy: NoTranslation, enable_open_metrics: %v}}", offered)
		c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"), writeFile(t, "own.yaml", own))
		collectors[format] = c
		for escaping := range names {
			jobs += fmt.Sprintf("  - {job_name: %q, metric_name_escaping_scheme: %s, static_configs: [{targets: [%q]}]}\n",
				format+" "+escaping, escaping, hostOf(t, c.metricsURL))
		}
	}
	prometheus := promtest.StartModern(t, "global: {scrape_interval: 1s}\nscrape_configs:\n"+jobs)

	for format, c := range collectors {
		for escaping, name := range names {
			require.EventuallyWithT(t, func(now *assert.CollectT) {
				found := prometheus.Query(now, fmt.Sprintf(`%s, job=%q, partition="0"}`, name, format+" "+escaping))
				if assert.Len(now, found, 1) {
					assert.InDelta(now, billingLag["billing orders 0"], float64(found[0].Value), 0)
				}
			}, patience, tick, "%s %s", format, escaping)
		}
		pulls := slices.Sorted(maps.Keys(c.self(t).sums("otelcol_prometheus_page_pulls", "format", "escaping")))
		var want []string
		for _, escaping := range slices.Sorted(maps.Keys(names)) {
			want = append(want, format+" "+escaping)
		}
		assert.Equal(t, want, pulls)
	}
}
