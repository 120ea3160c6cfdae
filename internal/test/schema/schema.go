// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
)

// Key is what is known of a key beyond its type.
type Key struct {
	Description string
	// Values are all that it takes; nil: whatever its type has.
	Values     []string
	Deprecated bool
}

// ID is where editors find the schema.
const ID = "https://raw.githubusercontent.com/kafkalag/kafkalagreceiver/main/config/kafkalag.schema.json"

const (
	// variable is in whatever the environment or a file gives when the collector
	// starts: it may stand in the place of a value of any type.
	variable = `\$\{.+\}`
	duration = `^(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)$`
)

// Collector is the schema of a collector's configuration, of which it knows the
// receivers and exporters of these types.
func Collector(receivers, exporters map[component.Type]*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{
		Schema: "http://json-schema.org/draft-07/schema#",
		ID:     ID,
		Title:  "Configuration of an OpenTelemetry Collector with kafkalag",
		Type:   "object",
		Properties: map[string]*jsonschema.Schema{
			"receivers": named(receivers),
			"exporters": named(exporters),
		},
		PropertyOrder: []string{"receivers", "exporters"},
	}
}

// named has components under their type, or their type and a name: kafkalag/orders.
func named(components map[component.Type]*jsonschema.Schema) *jsonschema.Schema {
	section := &jsonschema.Schema{Types: []string{"object", "null"}, PatternProperties: map[string]*jsonschema.Schema{}}
	for of, config := range components {
		section.PatternProperties["^"+of.String()+"(/.+)?$"] = config
	}
	return section
}

// Of is the schema of a component's configuration, given with its defaults. Keys
// are by their path, such as "time_lag.history".
func Of(config component.Config, keys map[string]Key) *jsonschema.Schema {
	return deriver{keys: keys, defaults: true}.section("", reflect.ValueOf(config).Elem())
}

type deriver struct {
	keys map[string]Key
	// defaults is false below what is left out by default.
	defaults bool
}

// section is the schema of a struct, whose keys are below prefix.
func (d deriver) section(prefix string, of reflect.Value) *jsonschema.Schema {
	s := orVariable("object", "null")
	s.Properties = map[string]*jsonschema.Schema{}
	s.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}} // none
	d.addFields(s, prefix, of)
	return s
}

func (d deriver) addFields(to *jsonschema.Schema, prefix string, of reflect.Value) {
	for field, value := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch {
		case strings.Contains(options, "squash"):
			d.addFields(to, prefix, value)
		case name != "":
			addKey(to, name, d.key(prefix+name, value))
		}
	}
}

func addKey(to *jsonschema.Schema, name string, key *jsonschema.Schema) {
	to.Properties[name] = key
	to.PropertyOrder = append(to.PropertyOrder, name)
}

func (d deriver) key(path string, of reflect.Value) *jsonschema.Schema {
	s := d.value(path, of)
	known := d.keys[path]
	s.Description, s.Deprecated = known.Description, known.Deprecated
	if d.defaults {
		s.Default = defaultOf(of)
	}
	return s
}

func (d deriver) value(path string, of reflect.Value) *jsonschema.Schema {
	switch {
	case of.Type() == reflect.TypeFor[time.Duration]():
		return oneDuration()
	case of.Type() == reflect.TypeFor[configopaque.MapList]():
		s := d.list(path, of)
		s.Types = append(s.Types, "object")
		s.AdditionalProperties = &jsonschema.Schema{Type: "string"}
		return s
	case isText(of), of.Kind() == reflect.String:
		return d.text(path)
	case isOptional(of):
		return d.optional(path, of)
	case of.CanInt(), of.CanUint():
		return orVariable("integer")
	}
	switch of.Kind() {
	case reflect.Bool:
		return orVariable("boolean")
	case reflect.Slice:
		return d.list(path, of)
	case reflect.Map:
		s := orVariable("object", "null")
		s.AdditionalProperties = d.element(path, of)
		return s
	case reflect.Struct:
		return d.section(path+".", of)
	case reflect.Pointer:
		return d.pointed(path, of)
	}
	panic(fmt.Sprintf("%s is a %s: say what that may be", path, of.Type()))
}

// orVariable is what has one of these types, none of which is string.
func orVariable(types ...string) *jsonschema.Schema {
	return &jsonschema.Schema{Types: append(types, "string"), Pattern: variable}
}

// oneDuration is a duration with a unit, or 0. The messages are keywords of
// editors, which would show the pattern instead.
func oneDuration() *jsonschema.Schema {
	const message = "A duration has a unit, such as 30s, 5m or 1h."
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{
			Type: "string", Pattern: duration + "|" + variable,
			Extra: map[string]any{"errorMessage": message, "patternErrorMessage": message},
		},
		{Enum: []any{0}},
	}}
}

// text is any string, or one of those that the key takes.
func (d deriver) text(path string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	values := d.keys[path].Values
	if values == nil {
		return s
	}
	known := &jsonschema.Schema{}
	for _, value := range values {
		known.Enum = append(known.Enum, value)
	}
	s.AnyOf = []*jsonschema.Schema{known, {Pattern: variable}}
	return s
}

// list is a list. One of strings may also be a string with commas.
func (d deriver) list(path string, of reflect.Value) *jsonschema.Schema {
	s := orVariable("array", "null")
	s.Items = d.element(path, of)
	if of.Type().Elem().Kind() == reflect.String {
		s.Pattern = ""
	}
	return s
}

// element is what each of a list or map is.
func (d deriver) element(path string, of reflect.Value) *jsonschema.Schema {
	d.defaults = false
	return d.value(path, reflect.New(of.Type().Elem()).Elem())
}

// pointed is what a pointer points to. There are no defaults below one to nothing.
func (d deriver) pointed(path string, of reflect.Value) *jsonschema.Schema {
	if of.IsNil() {
		d.defaults = false
		of = reflect.New(of.Type().Elem())
	}
	return d.value(path, of.Elem())
}

// optional is what a [configoptional.Optional] holds, which its method Get returns.
//
// [configoptional.Optional]: https://pkg.go.dev/go.opentelemetry.io/collector/config/configoptional#Optional
func (d deriver) optional(path string, of reflect.Value) *jsonschema.Schema {
	s := d.pointed(path, of.Addr().MethodByName("Get").Call(nil)[0])
	addKey(s, "enabled", orVariable("boolean"))
	return s
}

func isOptional(of reflect.Value) bool {
	return strings.HasPrefix(of.Type().Name(), "Optional[")
}

// isText reports whether a value is decoded from a string although it is none.
func isText(of reflect.Value) bool {
	return of.CanAddr() && of.Addr().Type().Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// defaultOf is the default as an editor shows it, nil for a section.
func defaultOf(of reflect.Value) json.RawMessage {
	var shown any
	switch value := of.Interface().(type) {
	case time.Duration:
		shown = strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(value.String())
	case []string:
		shown = value
	default:
		switch {
		case of.Kind() == reflect.String:
			shown = of.String()
		case of.Kind() == reflect.Bool, of.CanInt(), of.CanUint():
			shown = value
		}
	}
	if shown == nil || reflect.ValueOf(shown).Kind() == reflect.Slice && of.Len() == 0 {
		return nil
	}
	text, err := json.Marshal(shown)
	if err != nil {
		panic(err) // of strings, numbers and lists of them
	}
	return text
}
