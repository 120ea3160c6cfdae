// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package sharing is the keys by which receivers share a cluster, and the
// membership that follows from them. Package coordination has the reasons.
package sharing

import (
	"fmt"
	"regexp"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

// Config is the Kafka group by which several receivers of a kind share a cluster.
type Config struct {
	// GroupID is the same for all of them; empty: there is one.
	GroupID string `mapstructure:"group_id"`
	// InstanceID is what a receiver keeps over restarts: its part waits for it until
	// its session ends. Empty: others take it over when it stops.
	InstanceID string `mapstructure:"instance_id"`
	// SessionTimeout is after how long without an answer of the group's coordinator
	// a receiver reports nothing any more, and others take over.
	SessionTimeout time.Duration `mapstructure:"session_timeout"`
}

// NewDefault returns the defaults.
func NewDefault() Config { return Config{SessionTimeout: 15 * time.Second} }

// Limit is that of the session. Less is lost by a pause of the machine. Kafka's own least
// is 6s by default.
func (c *Config) Limit() durations.Limit {
	return durations.Limit{Key: "coordination.session_timeout", Given: c.SessionTimeout, Least: time.Second}
}

// instanceID is what Kafka takes for one.
var instanceID = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// ValidationErrors returns what is wrong beside durations, a line each.
func (c *Config) ValidationErrors() []error {
	if id := c.InstanceID; id != "" && !instanceID.MatchString(id) {
		return []error{fmt.Errorf("%q is %q: must have 1 to 249 of the letters, digits, '.', '_' and '-', as Kafka takes them", "coordination.instance_id", id)}
	}
	return nil
}
