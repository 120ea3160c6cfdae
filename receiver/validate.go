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
)

// Validate returns every mistake in the configuration at once, a line each.
func (c *Config) Validate() error {
	mistakes := c.Mistakes()
	mistakes = append(mistakes, c.timingMistakes()...)
	mistakes = append(mistakes, c.filterMistakes()...)
	mistakes = append(mistakes, c.choiceMistakes()...)
	if c.StatusWindow < 2 {
		mistakes = append(mistakes, fmt.Errorf("%q is %d: must be 2 or more, two scrapes being the least that show a trend", "status_window", c.StatusWindow))
	}
	if c.MaxGroupPartitions < 0 {
		mistakes = append(mistakes, fmt.Errorf("%q is %d: must be 0 (no limit) or more", "max_group_partitions", c.MaxGroupPartitions))
	}
	return errors.Join(append(mistakes, c.ZooKeeper.Mistakes()...)...)
}

func (c *Config) timingMistakes() []error {
	var mistakes []error
	for _, d := range []struct {
		key     string
		given   time.Duration
		wrong   bool
		allowed string
	}{
		{"collection_interval", c.CollectionInterval, c.CollectionInterval <= 0, "more than 0s"},
		{"initial_delay", c.InitialDelay, c.InitialDelay < 0, "0s or more"},
		{"time_lag.history", c.TimeLag.History, c.TimeLag.History < 0, "0s or more"},
		// Without a limit, one broker that never answers would hold a scrape for ever.
		{"timeout", c.Timeout, c.Timeout <= 0, "more than 0s"},
		// The later steps of a scrape need time too when one of them runs into its limit.
		{
			"request_timeout", c.RequestTimeout, c.Timeout > 0 && c.RequestTimeout > c.Timeout/4,
			fmt.Sprintf("at most a quarter of timeout (%v)", c.Timeout/4),
		},
	} {
		if d.wrong {
			mistakes = append(mistakes, fmt.Errorf("%q is %v: must be %s", d.key, d.given, d.allowed))
		}
	}
	if c.TimeLag.SearchBudget < 0 {
		mistakes = append(mistakes, fmt.Errorf("%q is %d: must be 0 or more", "time_lag.search_budget", c.TimeLag.SearchBudget))
	}
	return mistakes
}

func (c *Config) filterMistakes() []error {
	var mistakes []error
	for _, expression := range []struct{ key, given string }{
		{"topic_match", c.TopicMatch},
		{"topic_exclude", c.TopicExclude},
		{"group_match", c.GroupMatch},
		{"group_exclude", c.GroupExclude},
	} {
		if _, err := regexp.Compile(expression.given); err != nil {
			// The error repeats the expression, which may have lines of its own.
			reason := strings.ReplaceAll(err.Error(), "\n", `\n`)
			mistakes = append(mistakes, fmt.Errorf("%q is %q: must be a regular expression: %s", expression.key, expression.given, reason))
		}
	}
	return mistakes
}

// What Kafka calls the states and types of groups, newest versions included.
var (
	groupStates = []string{
		"Assigning", "CompletingRebalance", "Dead", "Empty", "NotReady", "PreparingRebalance", "Reconciling", "Stable",
	}
	groupTypes      = []string{"classic", "consumer", "share", "streams"}
	isolationLevels = []string{readUncommitted, readCommitted}
)

// choiceMistakes finds what is none of the words allowed. It would match
// nothing, without a word.
func (c *Config) choiceMistakes() []error {
	var mistakes []error
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
				mistakes = append(mistakes, fmt.Errorf("%q has %q: must be one of %s",
					choice.key, given, strings.Join(choice.allowed, ", ")))
			}
		}
	}
	return mistakes
}
