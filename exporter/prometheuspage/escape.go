// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

// appendEscaped writes the value of a label between its quotes. What is not
// UTF-8 becomes U+FFFD, and so does NUL: Prometheus takes it for the end of the
// page and rejects all of it.
func appendEscaped(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c == '\\' || c == '"' || c == '\n' || c == 0 || c >= utf8.RuneSelf {
			return appendEscapedRunes(append(dst, s[:i]...), s[i:])
		}
	}
	return append(dst, s...)
}

func appendEscapedRunes(dst []byte, s string) []byte {
	for _, r := range s {
		switch r {
		case '\\', '"':
			dst = append(dst, '\\', byte(r))
		case '\n':
			dst = append(dst, '\\', 'n')
		case 0:
			dst = utf8.AppendRune(dst, utf8.RuneError)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// unescape is the inverse of appendEscaped for what is UTF-8 without NUL.
var unescape = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n").Replace

// escapeHelp escapes the text of a HELP line. Only OpenMetrics escapes quotes.
func escapeHelp(s string, f format) string {
	s = helpEscaper.Replace(strings.ToValidUTF8(s, string(utf8.RuneError)))
	if f == openMetrics {
		s = strings.ReplaceAll(s, `"`, `\"`)
	}
	return s
}

var helpEscaper = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\x00", string(utf8.RuneError))

// appendLabelName writes a label's name, in quotes where it is none that
// classic Prometheus knows.
func appendLabelName(dst []byte, name string) []byte {
	if model.LegacyValidation.IsValidLabelName(name) {
		return append(dst, name...)
	}
	return appendQuoted(dst, name)
}

// appendMetricName writes a metric's name, likewise.
func appendMetricName(dst []byte, name string) []byte {
	if model.LegacyValidation.IsValidMetricName(name) {
		return append(dst, name...)
	}
	return appendQuoted(dst, name)
}

func appendQuoted(dst []byte, name string) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, name)
	return append(dst, '"')
}

// escapeMetricName is the name in a form's escaping.
func escapeMetricName(name string, scheme model.EscapingScheme) string {
	if model.LegacyValidation.IsValidMetricName(name) {
		return name
	}
	return model.EscapeName(name, scheme)
}

// escapeLabelName is likewise. A metric's name may have colons, a label's not.
func escapeLabelName(name string, scheme model.EscapingScheme) string {
	if scheme == model.NoEscaping || model.LegacyValidation.IsValidLabelName(name) {
		return name
	}
	escaped := model.EscapeName(name, scheme)
	if scheme != model.ValueEncodingEscaping {
		return strings.ReplaceAll(escaped, ":", "_")
	}
	if escaped == name { // a metric may have it
		escaped = "U__" + strings.ReplaceAll(name, "_", "__")
	}
	return strings.ReplaceAll(escaped, ":", "_3a_")
}
