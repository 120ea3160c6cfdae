// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import "github.com/prometheus/common/model"

// format is what a page is written in.
type format uint8

const (
	text        format = iota // text/plain, version 0.0.4
	quotedText                // text/plain, version 1.0.0: names may be any UTF-8, in quotes
	openMetrics               // application/openmetrics-text, version 1.0.0
)

// form is one way to write a page: its format, and what becomes of names that
// are no classic Prometheus names. Compression is not part of it.
type form struct {
	format   format
	escaping model.EscapingScheme
}

var contentTypes = map[format]string{
	text:        "text/plain; version=0.0.4; charset=utf-8",
	quotedText:  "text/plain; version=1.0.0; charset=utf-8",
	openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
}

// contentType is the form as a Content-Type header has it.
func (f form) contentType() string {
	return contentTypes[f.format] + "; escaping=" + f.escaping.String()
}

// name is the format as own metrics have it.
func (f format) name() string {
	switch f {
	case openMetrics:
		return "openmetrics-1.0.0"
	case quotedText:
		return "text-1.0.0"
	default:
		return "text-0.0.4"
	}
}
