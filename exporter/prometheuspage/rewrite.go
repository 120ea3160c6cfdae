// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
)

// rewriter writes the samples of a family in a form, where blocks cannot be taken
// as they are. Blocks hold text with names unescaped.
type rewriter struct {
	family *merged
	form   form
	merges bool              // escaping may make two series equal
	names  map[string]string // labels' names in the form, by how blocks have them
	key    uint64            // of the labels at hand, but for their order and a line's bound
	line   sampleLine
	labels []joined       // of the line, as the form has them
	places map[string]int // where in labels a name is
	out    []byte
}

func newRewriter(m *merged, f form) *rewriter {
	merges := f.escaping == model.UnderscoreEscaping || f.escaping == model.DotsEscaping
	escaped := func(b contribution) bool { return !b.legacyNames && !b.empty() }
	return &rewriter{family: m, form: f, merges: merges && slices.ContainsFunc(m.blocks, escaped), names: map[string]string{}, places: map[string]int{}}
}

// leaves reports whether a block's text is the form's.
func (r *rewriter) leaves(b *block) bool {
	return (b.legacyNames || r.form.escaping == model.NoEscaping) && (b.sameInOpen || r.form.format != openMetrics)
}

// dropEqual drops series that escaping makes equal to newer ones, and reports whether it
// had to drop any because a label would be the metric's name.
func (r *rewriter) dropEqual(m *merged) (lost bool) {
	if !r.merges {
		return false
	}
	escaped := &merged{}
	for i := range m.blocks {
		b := &m.blocks[i]
		as := *b.block
		as.removed, as.series = nil, slices.Clone(b.series)
		_ = b.eachSeries(func(n int, lines []byte) { // the text is our own and in memory
			switch {
			case b.dropped != nil && b.dropped[n]: // its key is none of an escaped series
			case r.parse(lines):
				as.series[n] = r.key
			default:
				lost = true
				b.drop(n)
				m.left--
			}
		})
		escaped.blocks = append(escaped.blocks, contribution{block: &as})
	}
	dropOlder(escaped, m.left)
	for i, e := range escaped.blocks {
		b := &m.blocks[i]
		for n, dropped := range e.dropped {
			if dropped && (b.dropped == nil || !b.dropped[n]) {
				b.drop(n)
				m.left--
			}
		}
	}
	return lost
}

// parse reads the labels of a series, for its key. It reports whether the form can have them.
func (r *rewriter) parse(lines []byte) bool {
	r.line.parse(lines)
	if slices.ContainsFunc(r.line.labels, func(l pair) bool { return r.labelName(l.name) == model.MetricNameLabel }) {
		return false
	}
	r.writeLabels()
	r.out = r.out[:0]
	return true
}

// write writes the lines of a block but for series that are dropped.
func (r *rewriter) write(w *pageWriter, c contribution) {
	leaves := r.leaves(c.block)
	_ = c.eachSeries(func(i int, lines []byte) { // the text is our own and in memory
		switch {
		case c.dropped != nil && c.dropped[i]:
			return
		case leaves:
			r.out = append(r.out, lines...)
		default:
			for line := range bytes.Lines(lines) {
				r.rewrite(line)
			}
		}
		if len(r.out) >= chunk {
			r.flush(w)
		}
	})
	r.flush(w)
}

func (r *rewriter) flush(w *pageWriter) {
	_, _ = w.Write(r.out) // it is kept in memory
	r.out = r.out[:0]
}

// rewrite writes one line.
func (r *rewriter) rewrite(line []byte) {
	r.line.parse(line)
	r.writeName()
	r.writeLabels()
	r.out = append(r.out, ' ')
	r.writeRest()
}

// writeName writes the metric's name: a histogram's lines have more than its
// family's.
func (r *rewriter) writeName() {
	name := string(r.line.name)
	if r.line.quoted {
		name = unescape(name)
	}
	name = r.family.shown + strings.TrimPrefix(name, r.family.name)
	if r.line.quoted = !model.LegacyValidation.IsValidMetricName(name); r.line.quoted {
		r.out = append(r.out, '{')
	}
	r.out = appendMetricName(r.out, name)
}

// joined is a label of the form. Where several have become one, their values are joined.
type joined struct {
	name  string
	value []byte
	more  [][]byte
}

// join lists the labels of the line as the form has them. There may be very many.
func (r *rewriter) join() []joined {
	r.labels = r.labels[:0]
	clear(r.places)
	for _, l := range r.line.labels {
		name := r.labelName(l.name)
		if at, known := r.places[name]; known {
			r.labels[at].more = append(r.labels[at].more, l.value)
			continue
		}
		r.places[name] = len(r.labels)
		r.labels = append(r.labels, joined{name: name, value: l.value})
	}
	return r.labels
}

// writeLabels writes the labels.
func (r *rewriter) writeLabels() {
	r.key = 0
	separator := byte('{')
	if r.line.quoted {
		separator = ','
	}
	for _, l := range r.join() {
		r.out = append(r.out, separator)
		start := len(r.out)
		r.out = append(append(r.out, l.name...), `="`...)
		r.writeValue(l.name, l.value)
		for _, value := range l.more {
			r.out = append(append(r.out, ';'), value...)
		}
		r.out = append(r.out, '"')
		if !r.isBound(l.name) {
			r.key += keyOf(r.out[start:])
		}
		separator = ','
	}
	if separator == ',' {
		r.out = append(r.out, '}')
	}
}

// writeValue writes a label's value. OpenMetrics writes bounds in its own way.
func (r *rewriter) writeValue(name string, value []byte) {
	if r.isBound(name) && r.form.format == openMetrics {
		r.out = append(r.out, openMetricsBound(string(value))...)
		return
	}
	r.out = append(r.out, value...)
}

// isBound reports whether a label is not of the series, but of one of its lines.
func (r *rewriter) isBound(name string) bool {
	return r.family.kind == histogram && name == model.BucketLabel ||
		r.family.kind == summary && name == model.QuantileLabel
}

// labelName is a label's name in the form, in quotes where it needs them.
func (r *rewriter) labelName(name []byte) string {
	if known, ok := r.names[string(name)]; ok {
		return known
	}
	written := string(appendLabelName(nil, escapeLabelName(unescape(string(name)), r.form.escaping)))
	r.names[string(name)] = written
	return written
}

// writeRest writes value and time. OpenMetrics has seconds.
func (r *rewriter) writeRest() {
	value, at, timed := bytes.Cut(r.line.rest, []byte{' '})
	if !timed || r.form.format != openMetrics {
		r.out = append(r.out, r.line.rest...)
		return
	}
	r.out = append(append(r.out, value...), ' ')
	ms, _ := strconv.ParseInt(string(bytes.TrimSuffix(at, []byte{'\n'})), 10, 64) // written by us
	r.out = appendSeconds(r.out, ms)
	r.out = append(r.out, '\n')
}

// appendSeconds writes milliseconds, which are not negative, as seconds.
func appendSeconds(dst []byte, ms int64) []byte {
	dst = strconv.AppendInt(dst, ms/1000, 10)
	dst = append(dst, '.')
	fraction := ms % 1000
	return append(dst, byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
}
