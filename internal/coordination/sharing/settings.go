// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sharing

import (
	"reflect"
	"strings"
)

// Switched lists the metrics or attributes that are on (+) or off (-) other than by
// default: receivers of two versions may have different ones that are on by default. cfg
// and defaults are structs that mdatagen has made.
func Switched[C any](cfg, defaults C) string {
	given, usual := reflect.ValueOf(cfg), reflect.ValueOf(defaults)
	var changes []string
	for i := range given.NumField() {
		name := given.Type().Field(i).Tag.Get("mapstructure")
		on := given.Field(i).FieldByName("Enabled").Bool()
		switch {
		case on == usual.Field(i).FieldByName("Enabled").Bool():
		case on:
			changes = append(changes, "+"+name)
		default:
			changes = append(changes, "-"+name)
		}
	}
	return strings.Join(changes, " ")
}
