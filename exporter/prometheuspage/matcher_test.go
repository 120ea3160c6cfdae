// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestResourceLabelsAreChosen(t *testing.T) {
	for name, c := range map[string]struct {
		labels ResourceLabels
		yes    []string
		no     []string
	}{
		"none":      {ResourceLabels{}, nil, []string{"", "a"}},
		"all":       {ResourceLabels{Included: []string{"*"}}, []string{"a", "a.b", "a\nb"}, nil},
		"some":      {ResourceLabels{Included: []string{"k8s.*", "h?st"}}, []string{"k8s.pod", "host"}, []string{"k8sXpod", "hoost", "x.k8s.pod"}},
		"all but":   {ResourceLabels{Excluded: []string{"service.*"}}, []string{"a"}, []string{"service.name"}},
		"some but":  {ResourceLabels{Included: []string{"a*"}, Excluded: []string{"ab"}}, []string{"a", "abc"}, []string{"ab", "b"}},
		"not a dot": {ResourceLabels{Included: []string{"a.b", "(x)"}}, []string{"a.b", "(x)"}, []string{"aXb", "x"}},
		"not UTF-8": {ResourceLabels{Included: []string{"a\xff"}}, []string{"ab"}, []string{"a"}},
	} {
		m := newMatcher(c.labels)
		for _, key := range c.yes {
			assert.True(t, m.matches(key), "%s: %q", name, key)
		}
		for _, key := range c.no {
			assert.False(t, m.matches(key), "%s: %q", name, key)
		}
	}
}
