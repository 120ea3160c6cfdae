// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

// losses make happen what docs/missing-lag.md lists as lost on its way out, to
// a port that nobody listens on.
var losses = map[string]string{
	"the-exporter-cannot-send":  `{}`,
	"the-exporter-has-given-up": `exporters: {otlp_grpc: {retry_on_failure: {initial_interval: 100ms, max_interval: 1s, max_elapsed_time: 1s}}}`,
	"memory-is-short":           `processors: {memory_limiter: {limit_mib: 1}}`,
}

// The page's line is in the log, and its metric is above zero.
func TestE2EReportsWhatItLoses(t *testing.T) {
	kafka := startKafka(t)
	seen := 0
	for _, row := range docs.Read(t, "docs/missing-lag.md").Rows() {
		if row.Section != "Nothing of what was scraped arrives" {
			continue
		}
		seen++
		cause := docs.IDIn(row.Cells["why"])
		t.Run(cause, func(t *testing.T) {
			require.Contains(t, losses, cause)
			env := append(brokersEnv(kafka.Brokers()...), "OTLP_ENDPOINT=http://"+nobody(t))
			c := start(t, env, shipped("otlp.yaml"), writeFile(t, "lost.yaml", losses[cause]))
			c.selfEventually(t, func(now *assert.CollectT, found families) {
				for _, metric := range append(docs.InCode(row.Cells["own metric"]), "otelcol_scraper_scraped_metric_points") {
					assert.Positive(now, found.values(now, metric)[""], metric)
				}
			})
			for _, line := range docs.InCode(row.Cells["in the log"]) {
				c.awaitLog(t, line)
			}
		})
	}
	assert.Len(t, losses, seen)
}
