// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// maxText is how much is shown of a text that a broker may choose.
const maxText = 300

// shortestSecret is the least length of a secret that is hidden: if shorter ones were
// replaced, the gaps would show what they are.
const shortestSecret = 4

// printer makes texts safe to show: without secrets, which a broker may send back, not
// too long, and free of what a terminal would take for a command.
type printer struct {
	secrets []string
	// token says that logins show a token, which the configuration does not have.
	token bool
}

// newPrinter returns a printer that hides every secret in cfg.
func newPrinter(cfg any) printer {
	var p printer
	p.collect(reflect.ValueOf(cfg))
	// A secret may be a part of a longer one.
	slices.SortFunc(p.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return p
}

func (p *printer) collect(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[configopaque.String]() {
			p.hide(v.String())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			p.collect(v.Elem())
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			p.collect(field)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			p.collect(v.Index(i))
		}
	case reflect.Map:
		for each := v.MapRange(); each.Next(); {
			p.collect(each.Value())
		}
	}
}

// hide also hides how a secret is sent to a token server.
func (p *printer) hide(secret string) {
	secret = strings.TrimRight(secret, "\r\n")
	if len(secret) >= shortestSecret {
		p.secrets = append(p.secrets, secret, url.QueryEscape(secret))
	}
}

// text returns a text as it may be shown.
func (p printer) text(text string) string {
	for _, secret := range p.secrets {
		text = strings.ReplaceAll(text, secret, "[REDACTED]")
	}
	if len(text) > maxText {
		text = text[:maxText] + "…"
	}
	var shown strings.Builder
	for _, r := range strings.ToValidUTF8(text, "�") {
		if strconv.IsPrint(r) {
			shown.WriteRune(r)
			continue
		}
		escaped := strconv.QuoteRuneToASCII(r)
		shown.WriteString(escaped[1 : len(escaped)-1])
	}
	return shown.String()
}

// failure returns what is said of a failure, but for what a broker says of a token: it
// may repeat it.
func (p printer) failure(f cluster.Failure) string {
	if p.token && f.Code == "SASL_AUTHENTICATION_FAILED" {
		return "the login was refused"
	}
	return p.text(f.Err.Error())
}

// texts shows the first of the texts.
func (p printer) texts(all []string) []string {
	shown := make([]string, min(len(all), maxListed))
	for i := range shown {
		shown[i] = p.text(all[i])
	}
	return shown
}
