// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
)

// weighted is one of the things that a header lists, by preference.
type weighted struct {
	value   string
	params  map[string]string
	quality float64
}

// maxListed bounds how much of a header is read.
const maxListed = 64

// listed reads a header that lists values with q, the best first. What is not
// valid is left out.
func listed(headers []string) []weighted {
	var all []weighted
	for _, item := range strings.SplitN(strings.Join(headers, ","), ",", maxListed+1) {
		value, params, err := mime.ParseMediaType(item)
		if err != nil || len(all) == maxListed {
			continue
		}
		w := weighted{value: value, params: params, quality: 1}
		if q, given := params["q"]; given {
			if w.quality, err = strconv.ParseFloat(q, 64); err != nil || !(w.quality >= 0 && w.quality <= 1) {
				continue
			}
		}
		all = append(all, w)
	}
	slices.SortStableFunc(all, func(a, b weighted) int {
		switch {
		case a.quality > b.quality:
			return -1
		case a.quality < b.quality:
			return 1
		default:
			return 0
		}
	})
	return all
}

// formFor is the form that a client likes best of those there are. Who asks for
// none of them gets text.
func formFor(accept []string, openMetricsOffered bool) form {
	for _, a := range listed(accept) {
		version := a.params["version"]
		switch {
		case a.quality <= 0:
			return form{text, model.UnderscoreEscaping}
		case a.value == "application/openmetrics-text" && openMetricsOffered && (version == "1.0.0" || version == ""):
			return form{openMetrics, escapingOf(a, true)}
		case a.value == "text/plain" && version == "1.0.0":
			return form{quotedText, escapingOf(a, true)}
		case a.value == "text/plain" && (version == "0.0.4" || version == ""),
			a.value == "text/*", a.value == "*/*":
			return form{text, escapingOf(a, false)}
		}
	}
	return form{text, model.UnderscoreEscaping}
}

// escapingOf is what a client wants done to names that are not classic. Quoted
// ones need a format that has them.
func escapingOf(a weighted, quotes bool) model.EscapingScheme {
	switch a.params[model.EscapingKey] {
	case model.AllowUTF8:
		if quotes {
			return model.NoEscaping
		}
	case model.EscapeDots:
		return model.DotsEscaping
	case model.EscapeValues:
		return model.ValueEncodingEscaping
	}
	return model.UnderscoreEscaping
}

// acceptsGzip reports whether a client takes gzip, and likes it at least as much
// as text as it is.
func acceptsGzip(acceptEncoding []string) bool {
	gzip, identity := -1.0, 0.0 // what is not named, with what may stand for it
	for _, item := range listed(acceptEncoding) {
		switch item.value {
		case "gzip", "x-gzip":
			gzip = item.quality
		case "identity":
			identity = item.quality
		case "*":
			if gzip < 0 {
				gzip = item.quality
			}
		}
	}
	return gzip > 0 && gzip >= identity
}
