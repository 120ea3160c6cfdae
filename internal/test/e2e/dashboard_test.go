// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dashboard is what the tests read of Grafana's JSON.
type dashboard struct {
	Panels     []panel
	Templating struct {
		List []struct {
			Name, Type, Definition string
			AllValue               string
			Multi                  bool
		}
	}
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               struct{ UID string }
	GridPos                  struct{ H, W, X, Y int }
	FieldConfig              struct{ Defaults struct{ Unit string } }
	Targets                  []target
}

type target struct {
	RefID, Expr, LegendFormat, Format string
	Datasource                        struct{ UID string }
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	text, err := os.ReadFile(observability("grafana", "kafkalag.json"))
	require.NoError(t, err)
	var d dashboard
	require.NoError(t, json.Unmarshal(text, &d))
	require.NotEmpty(t, d.Panels)
	return d
}

// What grafana.com is given is the same dashboard, with what to ask for when it is
// imported and what it needs.
func TestDashboardExport(t *testing.T) {
	var own, export map[string]any
	for name, into := range map[string]*map[string]any{"kafkalag.json": &own, "kafkalag.grafana-com.json": &export} {
		text, err := os.ReadFile(observability("grafana", name))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, into), name)
	}
	inputs := export["__inputs"].([]any)
	require.Len(t, inputs, 1)
	chosen := "${" + inputs[0].(map[string]any)["name"].(string) + "}"
	needed := map[string]bool{"grafana": true, "prometheus": true}
	for _, p := range readDashboard(t).Panels {
		if p.Type != "row" {
			needed[p.Type] = true
		}
	}
	for _, one := range export["__requires"].([]any) {
		id := one.(map[string]any)["id"].(string)
		assert.True(t, needed[id], "%s is not needed, or twice there", id)
		delete(needed, id)
	}
	assert.Empty(t, needed, "what the dashboard needs beside")

	datasource := own["templating"].(map[string]any)["list"].([]any)[0].(map[string]any)
	datasource["current"] = map[string]any{"text": chosen, "value": chosen}
	for _, key := range []string{"__inputs", "__requires", "__elements", "id"} {
		assert.Contains(t, export, key)
		delete(export, key)
	}
	assert.Equal(t, own, export, "run `make generate`")
}

// Panels are where Grafana would leave them: within its 24 columns, in order,
// and none over another.
func TestDashboardLayout(t *testing.T) {
	taken := make(map[[2]int]string)
	for _, p := range readDashboard(t).Panels {
		at := p.GridPos
		assert.LessOrEqual(t, at.X+at.W, 24, p.Title)
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				assert.Empty(t, taken[[2]int{x, y}], "%s lies over another panel", p.Title)
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	bottom := 0
	for at := range taken {
		bottom = max(bottom, at[1])
	}
	assert.Len(t, taken, 24*(bottom+1), "rows have no gaps")
}

// units are those of the values that panels show, as Grafana calls them.
var units = []string{"short", "s", "cps", "reqps", "Bps", "bytes"}

func TestDashboardPanelsAreWhole(t *testing.T) {
	ids := make(map[int]bool)
	for _, p := range readDashboard(t).Panels {
		assert.False(t, ids[p.ID], "%s: id %d is another panel's too", p.Title, p.ID)
		ids[p.ID] = true
		assert.NotEmpty(t, p.Title)
		if p.Type == "row" {
			continue
		}
		assert.NotEmpty(t, p.Description, p.Title)
		assert.Contains(t, units, p.FieldConfig.Defaults.Unit, p.Title)
		assert.Equal(t, "${datasource}", p.Datasource.UID, p.Title)
		require.NotEmpty(t, p.Targets, p.Title)
		for _, q := range p.Targets {
			assert.Equal(t, "${datasource}", q.Datasource.UID, p.Title)
			if p.Type == "timeseries" || p.Type == "bargauge" {
				assert.NotEmpty(t, q.LegendFormat, p.Title)
			}
		}
	}
}

var variable = regexp.MustCompile(`\$\{?(\w+)\}?`)

// fill puts values in the place of variables, all of which must be among them.
func fill(t *testing.T, expr string, values map[string]string) string {
	t.Helper()
	return variable.ReplaceAllStringFunc(expr, func(reference string) string {
		name := variable.FindStringSubmatch(reference)[1]
		require.Contains(t, values, name, "in %s", expr)
		return values[name]
	})
}

func TestDashboardVariables(t *testing.T) {
	d := readDashboard(t)
	values := map[string]string{"__rate_interval": "1m", "datasource": ""}
	used := map[string]bool{"datasource": true}
	for _, v := range d.Templating.List {
		values[v.Name] = ".*"
	}
	for _, p := range d.Panels {
		for _, text := range []string{p.Title, p.Description} {
			fill(t, text, values)
		}
		for _, q := range p.Targets {
			fill(t, q.Expr, values)
			for _, reference := range variable.FindAllStringSubmatch(q.Expr, -1) {
				used[reference[1]] = true
			}
		}
	}
	for _, v := range d.Templating.List {
		assert.True(t, used[v.Name], "%s is used", v.Name)
		assert.Equal(t, v.Multi, v.AllValue == ".*", "%s: where all may be chosen, that includes what has no such label", v.Name)
	}
}
