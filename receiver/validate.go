// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

// Validate returns every mistake in the configuration at once, a line each.
func (c *Config) Validate() error {
	errs := append(slices.Clone(c.undecoded), c.ValidationErrors()...)
	errs = append(errs, c.timingErrors()...)
	errs = append(errs, c.filterErrors()...)
	errs = append(errs, c.choiceErrors()...)
	switch {
	case c.StatusWindow < 2:
		errs = append(errs, fmt.Errorf("%q is %d: must be 2 or more, two scrapes being the least that show a trend", "status_window", c.StatusWindow))
	case c.StatusWindow > mostStatusWindow:
		errs = append(errs, fmt.Errorf("%q is %d: must be %d or less: each scrape takes memory", "status_window", c.StatusWindow, mostStatusWindow))
	}
	errs = append(errs, c.Coordination.ValidationErrors()...)
	errs = append(errs, limitErrors("max_groups", c.MaxGroups)...)
	errs = append(errs, limitErrors("max_group_partitions", c.MaxGroupPartitions)...)
	return errors.Join(append(errs, c.ZooKeeper.ValidationErrors()...)...)
}

// mostStatusWindow is more than a day of scrapes each ten seconds.
const mostStatusWindow = 10_000

func limitErrors(key string, given int) []error {
	if given >= 0 {
		return nil
	}
	return []error{fmt.Errorf("%q is %d: must be 0 (no limit) or more", key, given)}
}

func (c *Config) timingErrors() []error {
	errs := durations.CheckAll(
		durations.Limit{Key: "collection_interval", Given: c.CollectionInterval, Least: time.Second},
		durations.Limit{Key: "initial_delay", Given: c.InitialDelay},
		durations.Limit{Key: "time_lag.history", Given: c.TimeLag.History, Least: time.Second, OrZero: true},
		c.Coordination.Limit(),
		// Without a limit, one broker that never answers would hold a scrape for ever.
		durations.Limit{Key: "timeout", Given: c.Timeout, Least: time.Second},
	)
	// Where a value could not be read, its default stands there, and would be compared
	// with the other value.
	if len(c.undecoded) == 0 && c.Timeout > 0 && c.RequestTimeout > c.Timeout/4 {
		// The later steps of a scrape need time too when one of them runs into its limit.
		errs = append(errs, fmt.Errorf("%q is %v: must be at most a quarter of timeout (%v)", "request_timeout", c.RequestTimeout, c.Timeout/4))
	}
	if c.TimeLag.SearchBudget < 0 {
		errs = append(errs, fmt.Errorf("%q is %d: must be 0 or more", "time_lag.search_budget", c.TimeLag.SearchBudget))
	}
	return errs
}

func (c *Config) filterErrors() []error {
	var errs []error
	for _, expression := range []struct{ key, given string }{
		{"topic_match", c.TopicMatch},
		{"topic_exclude", c.TopicExclude},
		{"group_match", c.GroupMatch},
		{"group_exclude", c.GroupExclude},
	} {
		if _, err := regexp.Compile(expression.given); err != nil {
			// The error repeats the expression, which may have lines of its own.
			reason := strings.ReplaceAll(err.Error(), "\n", `\n`)
			errs = append(errs, fmt.Errorf("%q is %q: must be a regular expression: %s", expression.key, expression.given, reason))
		}
	}
	return errs
}

// What Kafka calls the states and types of groups, newest versions included.
var (
	groupStates = []string{
		"Assigning", "CompletingRebalance", "Dead", "Empty", "NotReady", "PreparingRebalance", "Reconciling", "Stable",
	}
	groupTypes      = []string{"classic", "consumer", "share", "streams"}
	isolationLevels = []string{readUncommitted, readCommitted}
)

// choiceErrors returns an error for each value that is not among the allowed ones: it
// would silently match nothing.
func (c *Config) choiceErrors() []error {
	var errs []error
	for _, choice := range []struct {
		key            string
		given, allowed []string
	}{
		{"group_states", c.GroupStates, groupStates},
		{"group_types", c.GroupTypes, groupTypes},
		{"isolation_level", []string{c.IsolationLevel}, isolationLevels},
	} {
		for _, given := range choice.given {
			if !slices.Contains(choice.allowed, given) {
				errs = append(errs, fmt.Errorf("%q has %q: must be one of %s",
					choice.key, given, strings.Join(choice.allowed, ", ")))
			}
		}
	}
	return errs
}
