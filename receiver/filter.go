// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import "regexp"

// filter matches the names that are wanted. A nil expression is no condition.
type filter struct {
	match, exclude *regexp.Regexp
}

// newFilter takes expressions that have been validated; empty is no condition.
func newFilter(match, exclude string) filter {
	return filter{match: compile(match), exclude: compile(exclude)}
}

func compile(expression string) *regexp.Regexp {
	if expression == "" {
		return nil
	}
	return regexp.MustCompile(expression)
}

func (f filter) matches(name string) bool {
	if f.exclude != nil && f.exclude.MatchString(name) {
		return false
	}
	return f.match == nil || f.match.MatchString(name)
}
