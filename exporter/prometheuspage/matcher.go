// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"regexp"
	"slices"
	"strings"
)

// matcher chooses the resource attributes that become labels.
type matcher struct {
	included, excluded []*regexp.Regexp
	none               bool
}

func newMatcher(l ResourceLabels) matcher {
	return matcher{
		included: wildcards(l.Included),
		excluded: wildcards(l.Excluded),
		none:     len(l.Included)+len(l.Excluded) == 0,
	}
}

// matches reports whether an attribute becomes a label.
func (m matcher) matches(key string) bool {
	match := func(e *regexp.Regexp) bool { return e.MatchString(key) }
	if m.none || slices.ContainsFunc(m.excluded, match) {
		return false
	}
	return len(m.included) == 0 || slices.ContainsFunc(m.included, match)
}

// wildcards makes expressions of patterns in which * stands for any text and ?
// for any one character.
func wildcards(patterns []string) []*regexp.Regexp {
	expressions := make([]*regexp.Regexp, len(patterns))
	for i, p := range patterns {
		p = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(strings.ToValidUTF8(p, "?")))
		expressions[i] = regexp.MustCompile("(?s)^" + p + "$")
	}
	return expressions
}
