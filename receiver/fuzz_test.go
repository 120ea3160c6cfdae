// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

// FuzzConfig reads what a user may have written. Whatever that is, a
// configuration is refused by naming keys, one a line, or can be used. The
// corpus is in testdata/fuzz.
func FuzzConfig(f *testing.F) {
	f.Fuzz(func(t *testing.T, yaml, brokers, expression, duration string) {
		cfg := newConfig()
		if !decodes(t, cfg, yaml, map[string]any{
			"brokers":             brokers,
			"topic_match":         expression,
			"group_exclude":       expression,
			"collection_interval": duration,
			"dial_timeout":        duration,
		}) {
			return
		}
		if err := cfg.Validate(); err != nil {
			requireNamesKeys(t, err)
			return
		}
		if confmap.Validate(cfg) != nil { // tls has its own Validate
			return
		}
		snapshotRequest(cfg)
		client, err := snapshot.New(cfg.Config, zap.NewNop(), nil, nil)
		require.NoError(t, err, "valid, and of no use")
		client.Close()
	})
}

// decodes reads YAML, with values on top, into cfg.
func decodes(t *testing.T, cfg *Config, yaml string, values map[string]any) bool {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	if err != nil {
		return false
	}
	conf, err := retrieved.AsConf()
	if err != nil {
		return false
	}
	require.NoError(t, conf.Merge(confmap.NewFromStringMap(values)))
	return conf.Unmarshal(cfg) == nil
}

func requireNamesKeys(t *testing.T, err error) {
	t.Helper()
	for line := range strings.SplitSeq(err.Error(), "\n") {
		key, _, closed := strings.Cut(strings.TrimPrefix(line, `"`), `"`)
		require.True(t, closed && strings.HasPrefix(line, `"`), "%q names no key", line)
		assert.Regexp(t, `^[a-z_.:]+$`, key)
	}
}
