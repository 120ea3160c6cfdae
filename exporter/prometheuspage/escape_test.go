// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
)

func TestValuesAreEscaped(t *testing.T) {
	for given, want := range map[string]string{
		"":           "",
		"plain text": "plain text",
		`say "hi"`:   `say \"hi\"`,
		"two\nlines": `two\nlines`,
		`back\slash`: `back\\slash`,
		`\n`:         `\\n`,
		"größe 日本":   "größe 日本",
		"a\xffb":     "a\ufffdb",
		"\xc3\"\n":   "\ufffd" + `\"\n`,
		"a\x00b":     "a\ufffdb",
	} {
		assert.Equal(t, want, string(appendEscaped(nil, given)), "%q", given)
	}
	for _, given := range []string{"", "a", `"`, "\n", `\`, `\n`, `\\"` + "\n"} {
		assert.Equal(t, given, unescape(string(appendEscaped(nil, given))))
	}
}

func TestHelpIsEscaped(t *testing.T) {
	given := "a \"b\"\nc\\d \xff\x00"
	assert.Equal(t, `a "b"\nc\\d `+"\ufffd\ufffd", escapeHelp(given, text))
	assert.Equal(t, `a \"b\"\nc\\d `+"\ufffd\ufffd", escapeHelp(given, openMetrics))
}

func TestNamesAreQuotedWhereTheyMustBe(t *testing.T) {
	assert.Equal(t, "a_b", string(appendLabelName(nil, "a_b")))
	assert.Equal(t, `"a:b"`, string(appendLabelName(nil, "a:b")))
	assert.Equal(t, "a:b", string(appendMetricName(nil, "a:b")))
	assert.Equal(t, `"a\"b"`, string(appendMetricName(nil, `a"b`)))
}

func TestNamesAreEscaped(t *testing.T) {
	for _, c := range []struct {
		scheme        model.EscapingScheme
		metric, label string
	}{
		{model.NoEscaping, "a.b:c", "a.b:c"},
		{model.UnderscoreEscaping, "a_b:c", "a_b_c"},
		{model.DotsEscaping, "a_dot_b:c", "a_dot_b_c"},
		{model.ValueEncodingEscaping, "U__a_2e_b:c", "U__a_2e_b_3a_c"},
	} {
		assert.Equal(t, c.metric, escapeMetricName("a.b:c", c.scheme))
		assert.Equal(t, c.label, escapeLabelName("a.b:c", c.scheme))
		assert.Equal(t, "a_b", escapeMetricName("a_b", c.scheme))
	}
}
