// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
)

func TestFormsAreNegotiated(t *testing.T) {
	const (
		prometheus2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," +
			"text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
		prometheus3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
			"application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
			"text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
		withProtobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9,"
	)
	classic := form{text, model.UnderscoreEscaping}
	for _, c := range []struct {
		accept  string
		offered bool // OpenMetrics
		want    form
	}{
		{"", true, classic},
		{"*/*", true, classic},
		{"text/html,*/*;q=0.8", true, classic},
		{"application/json", true, classic},
		{"nonsense;;;,,/", true, classic},
		{prometheus2, false, classic},
		{prometheus2, true, form{openMetrics, model.UnderscoreEscaping}},
		{prometheus3, false, form{quotedText, model.NoEscaping}},
		{prometheus3, true, form{openMetrics, model.NoEscaping}},
		{withProtobuf + prometheus3, false, form{quotedText, model.NoEscaping}},
		{"application/openmetrics-text", true, form{openMetrics, model.UnderscoreEscaping}},
		{"application/openmetrics-text;version=2.0.0", true, classic},
		{"application/openmetrics-text;q=0.2,text/plain;q=0.7", true, classic},
		{"application/openmetrics-text;q=0", true, classic},
		{"text/plain;version=0.0.4;escaping=allow-utf-8", true, classic},
		{"text/plain;version=0.0.4;escaping=dots", true, form{text, model.DotsEscaping}},
		{"text/plain;version=1.0.0;escaping=values", true, form{quotedText, model.ValueEncodingEscaping}},
		{"text/plain;version=1.0.0;escaping=odd", true, form{quotedText, model.UnderscoreEscaping}},
		{"text/plain;q=NaN,application/openmetrics-text;q=0.1", true, form{openMetrics, model.UnderscoreEscaping}},
		{strings.Repeat("text/html,", 1000) + "application/openmetrics-text", true, classic},
	} {
		assert.Equal(t, c.want, formFor([]string{c.accept}, c.offered), "%s", c.accept)
	}
	assert.Equal(t, form{openMetrics, model.UnderscoreEscaping}, formFor([]string{"text/html", "application/openmetrics-text"}, true))
}

func TestCompressionIsNegotiated(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                        false,
		"gzip":                    true,
		"x-gzip":                  true,
		"deflate, gzip, br":       true,
		"identity":                false,
		"*":                       true,
		"gzip;q=0":                false,
		"gzip;q=0, *":             false,
		"*;q=0":                   false,
		"gzip;q=0.5, identity":    false,
		"gzip;q=1, identity;q=.5": true,
		"br, zstd":                false,
	} {
		assert.Equal(t, want, acceptsGzip([]string{accept}), accept)
	}
}
