// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package durations

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

type config struct {
	Interval time.Duration  `mapstructure:"interval"`
	Pointer  *time.Duration `mapstructure:"pointer"`
	Name     string         `mapstructure:"name"`
	Count    int            `mapstructure:"count"`
	Size     uint64         `mapstructure:"size"`
	Section  section        `mapstructure:"section"`
	Pointed  *section       `mapstructure:"pointed"`
	Optional optional       `mapstructure:"optional"`
	Embedded `mapstructure:",squash"`

	undecoded []error
}

type section struct {
	Age  time.Duration `mapstructure:"age"`
	Name string        `mapstructure:"name"`
}

type Embedded struct {
	Delay time.Duration `mapstructure:"delay"`
}

// optional is made like the collector's configoptional.Optional.
type optional struct{ held section }

func (o *optional) Get() *section                      { return &o.held }
func (o *optional) Unmarshal(conf *confmap.Conf) error { return conf.Unmarshal(&o.held) }

func (c *config) Unmarshal(conf *confmap.Conf) (err error) {
	c.undecoded, err = Unmarshal(conf, c)
	return err
}

// decode reads a configuration as the collector does: the receiver's file, then
// the variables in it.
func decode(t *testing.T, text string, env map[string]string) (*config, error) {
	t.Helper()
	provider := confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider {
		return fromMap(env)
	})
	env["file"] = text
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs: []string{"env:file"}, ProviderFactories: []confmap.ProviderFactory{provider},
	})
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	cfg := &config{Interval: time.Minute, Section: section{Age: time.Hour}}
	return cfg, conf.Unmarshal(cfg)
}

type fromMap map[string]string

func (m fromMap) Retrieve(_ context.Context, uri string, _ confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrievedFromYAML([]byte(m[strings.TrimPrefix(uri, "env:")]))
}
func (fromMap) Scheme() string                 { return "env" }
func (fromMap) Shutdown(context.Context) error { return nil }

func TestUnmarshal(t *testing.T) {
	const example = ": must be a duration with a unit, such as 30s, 5m or 1h"
	for name, tt := range map[string]struct {
		given string
		want  string // "" is no mistake
	}{
		"a unit":             {"interval: 30s", ""},
		"several units":      {"interval: 1m30s", ""},
		"a unit, twice":      {"interval: ${env:HALF}${env:HALF}", ""},
		"zero":               {"interval: 0", ""},
		"zero as text":       {`interval: "0"`, ""},
		"null":               {"interval:", ""},
		"number":             {"interval: 30", `"interval" is 30: must have a unit, write 30s`},
		"fraction":           {"interval: 1.5", `"interval" is 1.5: must have a unit, write 1.5s`},
		"text":               {`interval: "30"`, `"interval" is "30": must have a unit, write 30s`},
		"variable":           {"interval: ${env:NUMBER}", `"interval" is 30: must have a unit, write 30s`},
		"quoted variable":    {`interval: "${env:NUMBER}"`, `"interval" is 30: must have a unit, write 30s`},
		"variable, quoted":   {"interval: ${env:TEXT}", `"interval" is "\"30\""` + example},
		"two variables":      {"interval: ${env:NUMBER}${env:NUMBER}", `"interval" is "3030": must have a unit, write 3030s`},
		"less than zero":     {"interval: -5", `"interval" is -5` + example},
		"too large":          {"interval: 1e30", `"interval" is 1e+30` + example},
		"an unknown unit":    {"interval: 1d", `"interval" is "1d"` + example},
		"two lines":          {"interval: \"a\\nb\"", `"interval" is "a\nb"` + example},
		"no duration at all": {"interval: true", `"interval" is true` + example},
		"pointer":            {"pointer: 5", `"pointer" is 5: must have a unit, write 5s`},
		"embedded":           {"delay: 5", `"delay" is 5: must have a unit, write 5s`},
		"section":            {"section: {age: 5}", `"section.age" is 5: must have a unit, write 5s`},
		"pointer to section": {"pointed: {age: 5}", `"pointed.age" is 5: must have a unit, write 5s`},
		"optional section":   {"optional: {age: 5}", `"optional.age" is 5: must have a unit, write 5s`},
		"integer":            {"count: 5", ""},
		"whole float":        {"count: 1e3", ""},
		"fraction of one":    {"count: 1.5", `"count" is 1.5: must be a whole number`},
		"no number":          {"count: .nan", `"count" is NaN: must be a whole number`},
		"beyond int64":       {"count: 9223372036854775808", `"count" is 9223372036854775808: must be a smaller number`},
		"far beyond":         {"count: ${env:LARGE}", `"count" is 1e+30: must be a smaller number`},
		"far below":          {"count: -1e30", `"count" is -1e+30: must be a smaller number`},
		"unsigned":           {"size: 9223372036854775808", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := decode(t, tt.given, map[string]string{"NUMBER": "30", "TEXT": `"30"`, "HALF": "15s", "LARGE": "1e30"})
			require.NoError(t, err)
			if tt.want == "" {
				require.Empty(t, cfg.undecoded)
				return
			}
			require.EqualError(t, errors.Join(cfg.undecoded...), tt.want)
		})
	}
}

// What is wrong does not keep the rest from being read: a name from a variable
// stays the text that it is.
func TestUnmarshalDecodesTheRest(t *testing.T) {
	cfg, err := decode(t, "{interval: 5, delay: 6, count: 7, name: '${env:NAME}', section: {age: 8, name: '${env:NAME}'}}",
		map[string]string{"NAME": "0123"})
	require.NoError(t, err)
	assert.Len(t, cfg.undecoded, 3)
	cfg.undecoded = nil
	assert.Equal(t, &config{Interval: time.Minute, Count: 7, Name: "0123", Section: section{Age: time.Hour, Name: "0123"}}, cfg)
}

// A section that comes whole from one variable is looked into as well.
func TestUnmarshalOfASectionFromOneVariable(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"number":                 {"SECTION": "{age: 5, name: a}"},
		"number from a variable": {"SECTION": "{age: '${env:AGE}', name: a}", "AGE": "5"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := decode(t, "{interval: 3, count: 7, section: '${env:SECTION}'}", env)
			require.NoError(t, err)
			require.EqualError(t, errors.Join(cfg.undecoded...),
				"\"interval\" is 3: must have a unit, write 3s\n\"section.age\" is 5: must have a unit, write 5s")
			assert.Equal(t, 7, cfg.Count)
		})
	}
	cfg, err := decode(t, "section: ${env:SECTION}", map[string]string{"SECTION": "{age: 5s, name: a}"})
	require.NoError(t, err)
	assert.Empty(t, cfg.undecoded)
	assert.Equal(t, section{Age: 5 * time.Second, Name: "a"}, cfg.Section)
}

func TestUnmarshalReportsOtherErrors(t *testing.T) {
	for _, given := range []string{"unknown: 5", "section: 5", "interval: [5]", "section: {age: {a: b}}"} {
		_, err := decode(t, given, map[string]string{})
		require.Error(t, err, given)
	}
}

func TestLimit(t *testing.T) {
	for name, tt := range map[string]struct {
		limit Limit
		want  string // "" is no mistake
	}{
		"at least":              {Limit{Given: time.Second, Least: time.Second}, ""},
		"less":                  {Limit{Key: "a.b", Given: time.Millisecond, Least: time.Second}, `"a.b" is 1ms: must be at least 1s`},
		"zero":                  {Limit{Key: "a", Least: time.Second}, `"a" is 0s: must be at least 1s`},
		"zero with a meaning":   {Limit{Least: time.Second, OrZero: true}, ""},
		"neither":               {Limit{Key: "a", Given: 1, Least: time.Second, OrZero: true}, `"a" is 1ns: must be 0s, or at least 1s`},
		"any":                   {Limit{}, ""},
		"less than any":         {Limit{Key: "a", Given: -1}, `"a" is -1ns: must be 0s or more`},
		"less than zero at all": {Limit{Key: "a", Given: -1, Least: 1, OrZero: true}, `"a" is -1ns: must be 0s, or at least 1ns`},
	} {
		t.Run(name, func(t *testing.T) {
			errs := CheckAll(tt.limit)
			if tt.want == "" {
				require.Empty(t, errs)
				return
			}
			require.Len(t, errs, 1)
			require.EqualError(t, errs[0], tt.want)
		})
	}
}
