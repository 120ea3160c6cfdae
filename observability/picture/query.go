// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot/plotter"
)

// points is how many values a line is made of.
const points = 240

// question is what all panels have in common.
type question struct {
	server    string
	end       time.Time
	span      time.Duration
	variables map[string]string
}

// chart is a panel with its data.
type chart struct {
	title, unit string
	lines       []line // the highest at the end first
}

// line is one series. Gaps cut it into pieces.
type line struct {
	name   string
	pieces []plotter.XYs
	last   float64
}

// chart asks all queries of a panel.
func (q question) chart(p panel) (chart, error) {
	c := chart{title: p.Title, unit: p.FieldConfig.Defaults.Unit}
	if strings.Contains(p.Targets[0].Expr, "$one") { // on the dashboard, the row's title says so
		c.title += " · " + q.variables["one"]
	}
	for _, target := range p.Targets {
		lines, err := q.ask(target.Expr, target.LegendFormat)
		if err != nil {
			return c, err
		}
		c.lines = append(c.lines, lines...)
	}
	if len(c.lines) == 0 {
		return c, errors.New("no data")
	}
	slices.SortStableFunc(c.lines, func(a, b line) int { return cmp.Compare(b.last, a.last) })
	return c, nil
}

var (
	variable    = regexp.MustCompile(`\$(\w+)`)
	legendLabel = regexp.MustCompile(`\{\{(\w+)\}\}`)
)

func (q question) ask(expr, legend string) ([]line, error) {
	step := q.span / points
	form := url.Values{
		"query": {variable.ReplaceAllStringFunc(expr, func(reference string) string { return q.variables[reference[1:]] })},
		"start": {stamp(q.end.Add(-q.span))}, "end": {stamp(q.end)},
		"step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	}
	response, err := http.PostForm(q.server+"/api/v1/query_range", form)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  struct {
			Result []struct {
				Metric map[string]string
				Values [][2]json.RawMessage
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s: %w", response.Status, err)
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	lines := make([]line, len(answer.Data.Result))
	for i, series := range answer.Data.Result {
		lines[i].name = legendLabel.ReplaceAllStringFunc(legend, func(label string) string {
			return series.Metric[label[2:len(label)-2]]
		})
		if err := lines[i].add(series.Values, 2*step); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func stamp(t time.Time) string { return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64) }

// add adds values of the form [1700000000.5, "42"]. One that comes later than
// gap after the one before begins a new piece.
func (l *line) add(values [][2]json.RawMessage, gap time.Duration) error {
	before := math.Inf(-1)
	for _, pair := range values {
		var at float64
		var text string
		if err := errors.Join(json.Unmarshal(pair[0], &at), json.Unmarshal(pair[1], &text)); err != nil {
			return err
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		if at-before > gap.Seconds() {
			l.pieces = append(l.pieces, nil)
		}
		piece := &l.pieces[len(l.pieces)-1]
		*piece = append(*piece, plotter.XY{X: at, Y: value})
		before, l.last = at, value
	}
	return nil
}

// write writes what fill produces to a file, or leaves an error and no more.
func write(file string, fill func(*os.File) error) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}
