// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package pagediff

import (
	"errors"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// content is what Prometheus reads off a page: everything but the order.
type content struct {
	Samples map[string]string // values, with their times, by series as it stands on the page
	Types   map[string]string
	Help    map[string]string
	Units   map[string]string
}

// read reads a page as Prometheus does. A series that is there twice fails the
// test, as does a label that a series has twice.
func read(t *testing.T, page, contentType string) content {
	t.Helper()
	p, err := textparse.New([]byte(page), contentType, labels.NewSymbolTable(), textparse.ParserOptions{})
	require.NoError(t, err)
	c := content{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return c
		}
		require.NoError(t, err, "%s\n%s", contentType, page)
		switch entry {
		case textparse.EntrySeries:
			c.sample(t, p)
		case textparse.EntryType:
			name, kind := p.Type()
			c.Types[string(name)] = string(kind)
		case textparse.EntryHelp:
			if name, help := p.Help(); len(help) > 0 {
				c.Help[string(name)] = string(help)
			}
		case textparse.EntryUnit:
			name, unit := p.Unit()
			c.Units[string(name)] = string(unit)
		}
	}
}

func (c content) sample(t *testing.T, p textparse.Parser) {
	t.Helper()
	series, at, value := p.Series()
	var l labels.Labels
	p.Labels(&l)
	if name, twice := l.HasDuplicateLabelNames(); twice {
		assert.Fail(t, "a label is there twice", "%s in %s", name, series)
	}
	written := fmt.Sprint(value)
	if math.IsNaN(value) {
		written = "NaN"
	}
	if at != nil {
		written += fmt.Sprintf(" at %d", *at)
	}
	assert.NotContains(t, c.Samples, string(series), "twice on the page")
	c.Samples[string(series)] = written
}
