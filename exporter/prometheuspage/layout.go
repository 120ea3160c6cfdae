// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

var (
	errNoName        = errors.New("its name is empty")
	errReservedLabel = errors.New("a label's name begins with __, which Prometheus keeps for itself")
	errOwnLabel      = errors.New("it has a label that its type keeps for itself: le or quantile")
)

// constant is where a label's value comes from that is the same for all points.
const constant = -1

// label is one label of a series.
type label struct {
	name  string
	key   string // of the attribute that it is of, if it is of one
	value string // of a constant
	from  int    // which of the point's attributes has the value
}

// sortLabels sorts labels by name. Of those that have become one, attributes come first, in
// the order of their keys: a point has them in any order.
func sortLabels(labels []label) {
	slices.SortStableFunc(labels, func(a, b label) int {
		switch {
		case a.name != b.name:
			return strings.Compare(a.name, b.name)
		case a.key == "" || b.key == "":
			return strings.Compare(b.key, a.key)
		}
		return strings.Compare(a.key, b.key)
	})
}

// layout is how the labels of a point are written whose attributes have certain
// keys in a certain order. Points of one metric mostly share one, so that names
// are translated, sorted and quoted once, and a point costs its values.
type layout struct {
	keys   []string
	quoted bool // the metric's name stands between the braces, before the labels

	literals    []string // what is written before, between and after the values
	from        []int    // the attributes whose values those are
	legacyNames bool     // no label's name needs quotes
	le          bool     // there is a label of this name
	quantile    bool
	err         error // why series with such attributes cannot be written
}

// fits reports whether the layout is that of a point with these attributes.
func (l *layout) fits(keys []string, quoted bool) bool {
	return l.quoted == quoted && slices.Equal(l.keys, keys)
}

// append writes the labels without the closing brace.
func (l *layout) append(dst []byte, values []pcommon.Value) []byte {
	for i, from := range l.from {
		dst = append(dst, l.literals[i]...)
		dst = appendValue(dst, values[from])
	}
	return append(dst, l.literals[len(l.from)]...)
}

// appendValue writes an attribute's value between the quotes of a label.
func appendValue(dst []byte, v pcommon.Value) []byte {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return appendEscaped(dst, v.Str())
	case pcommon.ValueTypeInt:
		return strconv.AppendInt(dst, v.Int(), 10)
	default:
		return appendEscaped(dst, v.AsString())
	}
}

// newLayout lays out the labels of points of an origin.
func newLayout(t *translation, o *origin, keys []string, quoted bool) *layout {
	l := &layout{keys: slices.Clone(keys), quoted: quoted, legacyNames: true}
	labels, err := labelsOf(t, o, keys)
	if err != nil {
		l.err = err
		return l
	}
	for _, label := range labels {
		l.legacyNames = l.legacyNames && model.LegacyValidation.IsValidLabelName(label.name)
		l.le = l.le || label.name == model.BucketLabel
		l.quantile = l.quantile || label.name == model.QuantileLabel
	}
	l.write(labels)
	return l
}

// labelsOf lists the labels of a series, by name. Several may have the same.
func labelsOf(t *translation, o *origin, keys []string) ([]label, error) {
	labels := make([]label, 0, len(keys)+len(o.attributes)+len(o.labels))
	for i, key := range keys {
		if _, given := o.attributes[key]; given {
			continue // the resource's takes the place of the point's own
		}
		name, err := t.labelName(key)
		if err != nil {
			return nil, err
		}
		labels = append(labels, label{name: name, key: key, from: i})
	}
	for key, value := range o.attributes {
		name, err := t.labelName(key)
		if err != nil {
			return nil, err
		}
		labels = append(labels, label{name: name, key: key, value: value, from: constant})
	}
	labels = append(labels, o.labels...)
	sortLabels(labels)
	for _, l := range labels {
		if strings.HasPrefix(l.name, "__") {
			return nil, errReservedLabel
		}
	}
	return labels, nil
}

// write splits the text of the labels at the values that differ by point. Values
// of labels that have become one are joined, as OpenTelemetry has it.
func (l *layout) write(labels []label) {
	var text []byte
	for i, label := range labels {
		switch {
		case i > 0 && label.name == labels[i-1].name:
			text = append(text, ';')
		case i == 0 && !l.quoted:
			text = openLabel(append(text, '{'), label.name)
		case i == 0:
			text = openLabel(append(text, ','), label.name)
		default:
			text = openLabel(append(text, `",`...), label.name)
		}
		if label.from == constant {
			text = appendEscaped(text, label.value)
			continue
		}
		l.literals, l.from = append(l.literals, string(text)), append(l.from, label.from)
		text = text[:0]
	}
	if len(labels) > 0 {
		text = append(text, '"')
	}
	l.literals = append(l.literals, string(text))
}

func openLabel(dst []byte, name string) []byte {
	return append(appendLabelName(dst, name), `="`...)
}

// errFor is why series of a metric with such labels cannot be written, if so.
func (l *layout) errFor(t pmetric.MetricType) error {
	if l.le && t == pmetric.MetricTypeHistogram || l.quantile && t == pmetric.MetricTypeSummary {
		return errOwnLabel
	}
	return l.err
}

// maxLayouts bounds how many layouts of one origin are remembered.
const maxLayouts = 16

// layouts remembers the layouts of an origin, the one found last at last.
type layouts struct {
	known []*layout
	last  *layout
}

// of finds the layout for a point, or makes it.
func (s *layouts) of(t *translation, o *origin, keys []string, quoted bool) *layout {
	if s.last != nil && s.last.fits(keys, quoted) {
		return s.last
	}
	for _, l := range s.known {
		if l.fits(keys, quoted) {
			s.last = l
			return l
		}
	}
	if len(s.known) == maxLayouts {
		s.known = s.known[1:]
	}
	s.last = newLayout(t, o, keys, quoted)
	s.known = append(s.known, s.last)
	return s.last
}
