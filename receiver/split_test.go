// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// The two parts of docs/several-collectors.md report together what one receiver
// reports alone, each point once.
func TestPartsOfASplitAreTheWhole(t *testing.T) {
	fake := seeded(t)
	for _, group := range []string{"audit", "mail", "news", "zebra", "Audit", "0", "ä"} {
		fake.Commit(t, group, map[string]map[int32]int64{"orders": {0: 1, 2: 3}})
	}
	scrape := func(cfg *Config) map[string]map[string]int64 {
		cfg.Brokers, cfg.InitialDelay = fake.Brokers(), 0
		cfg.Metrics.KafkaConsumerGroupTimeLagMax.Enabled = false // found between the scrapes, at a time of its own
		return metrictest.Points(scrapeOnce(t, cfg))
	}
	whole := scrape(fakeConfig(fake))
	require.Len(t, whole["kafka.consumer_group.info"], 9)

	together, parts := map[string]map[string]int64{}, 0
	for _, block := range docs.Read(t, "docs/several-collectors.md").Blocks() {
		content, _ := block.YAML()
		conf, err := confmap.NewFromStringMap(content).Sub("receivers::kafkalag")
		require.NoError(t, err)
		if !conf.IsSet("group_match") && !conf.IsSet("group_exclude") {
			continue
		}
		parts++
		cfg := newConfig()
		require.NoError(t, conf.Unmarshal(cfg))
		for metric, points := range scrape(cfg) {
			if together[metric] == nil {
				together[metric] = map[string]int64{}
			}
			for attributes, value := range points {
				assert.NotContains(t, together[metric], attributes, "%s is reported twice", metric)
				together[metric][attributes] = value
			}
		}
	}
	assert.Equal(t, 2, parts)
	assert.Equal(t, whole, together)
}
