// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

func TestValidate(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"collection_interval zero": {
			func(c *Config) { c.CollectionInterval = 0 },
			`"collection_interval" is 0s: must be at least 1s`,
		},
		"collection_interval too short": {
			func(c *Config) { c.CollectionInterval = time.Millisecond },
			`"collection_interval" is 1ms: must be at least 1s`,
		},
		"collection_interval shortest": {func(c *Config) { c.CollectionInterval = time.Second }, ""},
		"initial_delay negative": {
			func(c *Config) { c.InitialDelay = -time.Second },
			`"initial_delay" is -1s: must be 0s or more`,
		},
		"initial_delay zero": {func(c *Config) { c.InitialDelay = 0 }, ""},
		"time_lag.history negative": {
			func(c *Config) { c.TimeLag.History = -time.Second },
			`"time_lag.history" is -1s: must be 0s, or at least 1s`,
		},
		"time_lag.history too short": {
			func(c *Config) { c.TimeLag.History = 3600 },
			`"time_lag.history" is 3.6µs: must be 0s, or at least 1s`,
		},
		"time_lag.search_budget negative": {
			func(c *Config) { c.TimeLag.SearchBudget = -1 },
			`"time_lag.search_budget" is -1: must be 0 or more`,
		},
		"time_lag zero": {func(c *Config) { c.TimeLag = TimeLagConfig{} }, ""},
		"timeout zero": {
			func(c *Config) { c.Timeout = 0 },
			`"timeout" is 0s: must be at least 1s`,
		},
		"request_timeout too long for timeout": {
			func(c *Config) { c.Timeout, c.RequestTimeout = 8*time.Second, 2*time.Second+1 },
			`"request_timeout" is 2.000000001s: must be at most a quarter of timeout (2s)`,
		},
		"request_timeout a quarter of timeout": {
			func(c *Config) { c.Timeout, c.RequestTimeout = 8*time.Second, 2*time.Second }, "",
		},
		"status_window of one": {
			func(c *Config) { c.StatusWindow = 1 },
			`"status_window" is 1: must be 2 or more, two scrapes being the least that show a trend`,
		},
		"status_window without end": {
			func(c *Config) { c.StatusWindow = math.MaxInt },
			`"status_window" is 9223372036854775807: must be 10000 or less: each scrape takes memory`,
		},
		"max_groups negative": {
			func(c *Config) { c.MaxGroups = -1 },
			`"max_groups" is -1: must be 0 (no limit) or more`,
		},
		"coordination.instance_id with a blank": {
			func(c *Config) { c.Coordination.InstanceID = "pod 1" },
			`"coordination.instance_id" is "pod 1": must have 1 to 249 of the letters, digits, '.', '_' and '-', as Kafka takes them`,
		},
		"coordination.session_timeout too short": {
			func(c *Config) { c.Coordination.SessionTimeout = time.Millisecond },
			`"coordination.session_timeout" is 1ms: must be at least 1s`,
		},
		"max_group_partitions negative": {
			func(c *Config) { c.MaxGroupPartitions = -1 },
			`"max_group_partitions" is -1: must be 0 (no limit) or more`,
		},
		"topic_match": {
			func(c *Config) { c.TopicMatch = "(" },
			"\"topic_match\" is \"(\": must be a regular expression: error parsing regexp: missing closing ): `(`",
		},
		"topic_match of two lines": {
			func(c *Config) { c.TopicMatch = "a\n(" },
			`"topic_match" is "a\n(": must be a regular expression: error parsing regexp: missing closing ): ` + "`a\\n(`",
		},
		"topic_exclude": {
			func(c *Config) { c.TopicExclude = "*" },
			"\"topic_exclude\" is \"*\": must be a regular expression: error parsing regexp: missing argument to repetition operator: `*`",
		},
		"group_match": {
			func(c *Config) { c.GroupMatch = "[" },
			"\"group_match\" is \"[\": must be a regular expression: error parsing regexp: missing closing ]: `[`",
		},
		"group_exclude": {
			func(c *Config) { c.GroupExclude = `\` },
			"\"group_exclude\" is \"\\\\\": must be a regular expression: error parsing regexp: trailing backslash at end of expression: ``",
		},
		"group_states": {
			func(c *Config) { c.GroupStates = []string{"Stable", "stable"} },
			`"group_states" has "stable": must be one of Assigning, CompletingRebalance, Dead, Empty, NotReady, PreparingRebalance, Reconciling, Stable`,
		},
		"group_types": {
			func(c *Config) { c.GroupTypes = []string{"connect"} },
			`"group_types" has "connect": must be one of classic, consumer, share, streams`,
		},
		"isolation_level": {
			func(c *Config) { c.IsolationLevel = "" },
			`"isolation_level" has "": must be one of read_uncommitted, read_committed`,
		},
		"zookeeper": {
			func(c *Config) { c.ZooKeeper.Servers = []string{"z"} },
			`"zookeeper.servers" has "z": must be host:port`,
		},
		"filters empty": {func(c *Config) { c.TopicMatch, c.GroupMatch = "", "" }, ""},
		"connection":    {func(c *Config) { c.Brokers = nil }, `"brokers" is empty: must name one broker at least, as host:port`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			tt.change(cfg)
			err := confmap.Validate(cfg)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestValidateReportsEveryMistakeOnceInOneLine(t *testing.T) {
	cfg := newConfig()
	cfg.CollectionInterval = -time.Second
	cfg.Timeout = -time.Second
	cfg.TopicMatch = "("
	cfg.Brokers = []string{"localhost", "b:0"}
	cfg.ProtocolVersion = "4"
	cfg.DialTimeout = 0
	cfg.Auth.SASL = &sasl.Config{Mechanism: "GSSAPI"}

	keys := []string{
		"brokers", "brokers", "protocol_version", "dial_timeout", "auth.sasl.mechanism",
		"collection_interval", "timeout", "topic_match",
	}
	err := confmap.Validate(cfg)
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, len(keys), err)
	for i, key := range keys {
		assert.Truef(t, strings.HasPrefix(lines[i], `"`+key+`"`), "%q does not begin with %q", lines[i], key)
	}
}
