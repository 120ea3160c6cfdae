// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"strings"
	"unicode/utf8"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// kind is the type of a family.
type kind uint8

const (
	gauge kind = iota
	counter
	histogram
	summary
)

func (k kind) String() string {
	return [...]string{"gauge", "counter", "histogram", "summary"}[k]
}

// translation is how names of OpenTelemetry become names of Prometheus, and
// which labels there are beside a point's own.
type translation struct {
	metrics     otlptranslator.MetricNamer
	labels      otlptranslator.LabelNamer
	units       otlptranslator.UnitNamer
	targetInfo  string // the name of the family of resources
	constLabels []label
	resource    matcher
	scopeInfo   bool
	timestamps  bool
}

func newTranslation(c *Config) *translation {
	strategy := c.strategy()
	quoted := !strategy.ShouldEscape()
	t := &translation{
		metrics:    otlptranslator.NewMetricNamer(c.Namespace, strategy),
		labels:     otlptranslator.LabelNamer{UTF8Allowed: quoted, PreserveMultipleUnderscores: true},
		units:      otlptranslator.UnitNamer{UTF8Allowed: quoted},
		targetInfo: "target_info",
		resource:   newMatcher(c.resourceLabels()),
		scopeInfo:  !c.WithoutScopeInfo,
		timestamps: c.SendTimestamps,
	}
	if namespace, err := t.labels.Build(c.Namespace); err == nil {
		t.targetInfo = namespace + "_" + t.targetInfo
	}
	for name, value := range c.ConstLabels {
		t.constLabels = append(t.constLabels, label{name: name, value: value, from: constant})
	}
	return t
}

// family describes the family that a metric belongs to.
func (t *translation) family(m pmetric.Metric, k kind) (*family, error) {
	types := map[kind]otlptranslator.MetricType{
		gauge:     otlptranslator.MetricTypeGauge,
		counter:   otlptranslator.MetricTypeMonotonicCounter,
		histogram: otlptranslator.MetricTypeHistogram,
		summary:   otlptranslator.MetricTypeSummary,
	}
	metric := otlptranslator.Metric{Name: t.valid(m.Name()), Unit: t.valid(m.Unit()), Type: types[k]}
	if m.Type() == pmetric.MetricTypeSum && k == gauge {
		metric.Type = otlptranslator.MetricTypeNonMonotonicCounter
	}
	name, err := t.metrics.Build(metric)
	if err != nil {
		return nil, err
	}
	if name == "" {
		return nil, errNoName
	}
	return &family{familyKey: familyKey{name, k}, help: m.Description(), unit: t.units.Build(metric.Unit)}, nil
}

// labelName is the label for an attribute.
func (t *translation) labelName(key string) (string, error) {
	return t.labels.Build(t.valid(key))
}

// valid makes a name UTF-8 without NUL where it is not going to be escaped to
// ASCII: as it is going to stand on the page, so that equal names are seen to be.
func (t *translation) valid(name string) string {
	if t.labels.UTF8Allowed {
		return strings.ReplaceAll(strings.ToValidUTF8(name, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
	}
	return name
}
