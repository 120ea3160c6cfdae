// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package durations

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// settingsIn lists the settings of conf that are durations or integers in cfg.
// They are found by reflection, so that no key can be forgotten.
func settingsIn(conf *confmap.Conf, cfg any) []setting {
	return sectionSettings(conf, nil, reflect.TypeOf(cfg).Elem())
}

func sectionSettings(conf *confmap.Conf, section []string, of reflect.Type) []setting {
	var settings []setting
	for field := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		kind := unwrap(field.Type)
		names := append(slices.Clone(section), name)
		switch {
		case options == "squash":
			settings = append(settings, sectionSettings(conf, section, kind)...)
		case name == "" || name == "-" || !conf.IsSet(name):
		case isDuration(kind), isInteger(kind):
			settings = append(settings, setting{names, conf.Get(name), kind})
		case kind.Kind() == reflect.Struct:
			// What is not a section is for the decoder to refuse.
			if below, err := conf.Sub(name); err == nil {
				settings = append(settings, sectionSettings(below, names, kind)...)
			}
		}
	}
	return settings
}

func isDuration(of reflect.Type) bool { return of == reflect.TypeFor[time.Duration]() }

func isInteger(of reflect.Type) bool { return of.Kind() >= reflect.Int && of.Kind() <= reflect.Uint64 }

// unwrap returns the type that is decoded into: what a pointer points to, and
// what a [configoptional.Optional] holds, which its method Get returns.
//
// [configoptional.Optional]: https://pkg.go.dev/go.opentelemetry.io/collector/config/configoptional#Optional
func unwrap(of reflect.Type) reflect.Type {
	if of.Kind() == reflect.Pointer {
		return unwrap(of.Elem())
	}
	if get, found := reflect.PointerTo(of).MethodByName("Get"); found && get.Type.NumIn() == 1 && get.Type.NumOut() == 1 {
		if held := get.Type.Out(0); held.Kind() == reflect.Pointer {
			return unwrap(held)
		}
	}
	return of
}
