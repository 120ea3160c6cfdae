// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

const (
	// shortestInterval keeps the load on brokers small.
	shortestInterval = 100 * time.Millisecond
	// mostPending is how many records to one broker may wait for being read back.
	mostPending = 10_000
)

// topicName is what Kafka takes for a topic's name, but for "." and "..".
var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// Validate returns every mistake in the configuration at once, a line each.
func (c *Config) Validate() error {
	errs := append(slices.Clone(c.undecoded), c.ValidationErrors()...)
	errs = append(errs, c.timingErrors()...)
	if !topicName.MatchString(c.Topic) || c.Topic == "." || c.Topic == ".." {
		errs = append(errs, fmt.Errorf(`"topic" is %q: must have 1 to 249 letters, digits, ".", "_" and "-"`, c.Topic))
	}
	if c.ReplicationFactor < 1 || c.ReplicationFactor > math.MaxInt16 {
		errs = append(errs, fmt.Errorf(`"replication_factor" is %d: must be 1 or more`, c.ReplicationFactor))
	}
	if c.Commit && c.CommitGroup == "" {
		errs = append(errs, errors.New(`"commit_group" is "": must name a group with "commit"`))
	}
	if c.Commit && c.CommitGroup != "" && c.CommitGroup == c.Coordination.GroupID {
		// Commits would make it a group of consumers.
		errs = append(errs, fmt.Errorf(`"commit_group" is %q: must be another group than coordination.group_id`, c.CommitGroup))
	}
	return errors.Join(append(errs, c.Coordination.ValidationErrors()...)...)
}

func (c *Config) timingErrors() []error {
	errs := durations.CheckAll(
		durations.Limit{Key: "collection_interval", Given: c.CollectionInterval, Least: time.Second},
		durations.Limit{Key: "probe_interval", Given: c.ProbeInterval, Least: shortestInterval},
		durations.Limit{Key: "sla", Given: c.SLA, Least: time.Millisecond},
		durations.Limit{Key: "loss_timeout", Given: c.LossTimeout, Least: time.Second},
		c.Coordination.Limit(),
	)
	// Where a value could not be read, its default stands there, and would be compared
	// with the other value.
	if len(errs)+len(c.undecoded) > 0 {
		return errs
	}
	if c.LossTimeout < c.SLA {
		errs = append(errs, fmt.Errorf(`"loss_timeout" is %v: must be sla (%v) or more`, c.LossTimeout, c.SLA))
	}
	if c.LossTimeout/c.ProbeInterval > mostPending {
		errs = append(errs, fmt.Errorf(`"loss_timeout" is %v: must be at most %d times probe_interval (%v)`, c.LossTimeout, mostPending, c.ProbeInterval))
	}
	return errs
}
