// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package durations decodes a component's configuration and insists on a unit
// for every duration: without it the collector takes 30 for 30 nanoseconds. It
// also refuses numbers that do not fit an integer, which the collector rounds
// or lets overflow.
//
// A component uses it in place of [confmap.Conf.Unmarshal], and reports what it
// returns together with its other errors:
//
//	func (c *Config) Unmarshal(conf *confmap.Conf) (err error) {
//		c.undecoded, err = durations.Unmarshal(conf, c)
//		return err
//	}
//
//	func (c *Config) Validate() error {
//		return errors.Join(append(c.undecoded, c.validationErrors()...)...)
//	}
package durations

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// Unmarshal decodes conf into cfg, a pointer to a struct, except for durations
// that have no unit or are not durations, and numbers that do not fit: those
// keys keep their defaults, and invalid has an error of one line for each. Call
// it from the Unmarshal method of cfg. It removes from conf what it does not
// decode.
func Unmarshal(conf *confmap.Conf, cfg any) (invalid []error, err error) {
	for _, s := range settingsIn(conf, cfg) {
		if mistake := check(s); mistake != nil {
			invalid = append(invalid, mistake)
			remove(conf, s)
		}
	}
	return invalid, conf.Unmarshal(cfg)
}

// remove removes a setting from conf, or the section that it is in: one that
// comes whole from a variable or a file cannot lose a single key.
func remove(conf *confmap.Conf, s setting) {
	for names := s.names; len(names) > 0; names = names[:len(names)-1] {
		if conf.Delete(strings.Join(names, confmap.KeyDelimiter)) {
			return
		}
	}
}

func check(s setting) error {
	if isDuration(s.kind) {
		return checkDuration(s)
	}
	return checkInteger(s)
}

// checkDuration returns an error unless the value is a duration with a unit, or
// zero, which needs none. Null and what is not a single value is the decoder's
// to judge.
func checkDuration(s setting) error {
	var given, text string
	switch value := s.value.(type) {
	case nil, map[string]any, []any:
		return nil
	case string:
		given, text = strconv.Quote(value), value
	default:
		text = fmt.Sprint(value)
		given = text
	}
	if _, err := time.ParseDuration(text); err == nil {
		return nil
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		if d, err := time.ParseDuration(text + "s"); err == nil && d > 0 {
			return fmt.Errorf("%q is %s: must have a unit, write %ss", s, given, text)
		}
	}
	return fmt.Errorf("%q is %s: must be a duration with a unit, such as 30s, 5m or 1h", s, given)
}

// exact is up to where every integer is a float64 of its own.
const exact = 1 << 53

// checkInteger returns an error if the value is a number that is not whole, or
// that the decoder would let overflow. Anything else is for it to judge.
func checkInteger(s setting) error {
	fits := true
	switch value := s.value.(type) {
	case float64:
		if value != math.Trunc(value) {
			return fmt.Errorf("%q is %v: must be a whole number", s, value)
		}
		fits = math.Abs(value) <= exact
	case uint64: // YAML has it for what is above the largest int64
		fits = s.kind.Kind() >= reflect.Uint
	}
	if !fits {
		return fmt.Errorf("%q is %v: must be a smaller number", s, s.value)
	}
	return nil
}

// Limit is the range of a duration.
type Limit struct {
	// Key is the full key, such as "time_lag.history".
	Key string
	// Given is its value.
	Given time.Duration
	// Least is the smallest value allowed, besides 0 where OrZero is set.
	Least  time.Duration
	OrZero bool
}

// Check returns an error of one line if the duration is out of range.
func (l Limit) Check() error {
	switch {
	case l.Given >= l.Least, l.OrZero && l.Given == 0:
		return nil
	case l.OrZero:
		return fmt.Errorf("%q is %v: must be 0s, or at least %v", l.Key, l.Given, l.Least)
	case l.Least == 0:
		return fmt.Errorf("%q is %v: must be 0s or more", l.Key, l.Given)
	}
	return fmt.Errorf("%q is %v: must be at least %v", l.Key, l.Given, l.Least)
}

// CheckAll returns an error for each duration that is out of range.
func CheckAll(limits ...Limit) []error {
	var errs []error
	for _, limit := range limits {
		if err := limit.Check(); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// setting is a key that takes a duration or an integer, and what it is given.
type setting struct {
	names []string // from the outermost section inwards
	value any
	kind  reflect.Type
}

func (s setting) String() string { return strings.Join(s.names, ".") }
