// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"regexp"
	"strings"
)

// Row is a line of a table.
type Row struct {
	// Section is the heading above the table.
	Section string
	// Cells are by their columns' headings.
	Cells map[string]string
}

var ruler = regexp.MustCompile(`^\|[-:| ]+\|$`)

// Rows lists the lines of all tables.
func (p Page) Rows() []Row {
	var rows []Row
	var section string
	var columns, before []string
	for _, line := range p.Prose() {
		if found := heading.FindStringSubmatch(line); found != nil {
			section = found[1]
		}
		cells := cellsOf(line)
		switch {
		case cells == nil:
			columns = nil
		case ruler.MatchString(line):
			columns = before
		case len(cells) == len(columns):
			row := Row{Section: section, Cells: map[string]string{}}
			for i, column := range columns {
				row.Cells[column] = cells[i]
			}
			rows = append(rows, row)
		}
		before = cells
	}
	return rows
}

// cellsOf is nil where line is not part of a table. A cell has \| for |.
func cellsOf(line string) []string {
	if len(line) < 2 || line[0] != '|' || line[len(line)-1] != '|' {
		return nil
	}
	const escaped = "\x00"
	line = strings.ReplaceAll(line, `\|`, escaped)
	cells := strings.Split(line[1:len(line)-1], "|")
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(cell, escaped, "|"))
	}
	return cells
}

var idOf = regexp.MustCompile(`<a id="([^"]+)"></a>`)

// IDIn returns the id that a cell has as an anchor, "" where it has none.
func IDIn(cell string) string {
	if found := idOf.FindStringSubmatch(cell); found != nil {
		return found[1]
	}
	return ""
}

// InCode lists what a cell has in backticks.
func InCode(cell string) []string { return Page{Text: cell}.Code() }
