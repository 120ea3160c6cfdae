// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// panel is what is needed of a dashboard's panel.
type panel struct {
	Title       string
	Type        string
	FieldConfig struct {
		Defaults struct{ Unit string }
	}
	Targets []struct{ Expr, LegendFormat string }
}

// readPanels gives the dashboard's time series of these titles, in their order.
func readPanels(file string, titles []string) ([]panel, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var dashboard struct{ Panels []panel }
	if err := json.Unmarshal(text, &dashboard); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	byTitle := make(map[string]panel)
	for _, p := range dashboard.Panels {
		if p.Type == "timeseries" {
			byTitle[p.Title] = p
		}
	}
	panels := make([]panel, len(titles))
	for i, title := range titles {
		p, ok := byTitle[title]
		if !ok {
			return nil, fmt.Errorf("%s has no time series %q", file, title)
		}
		panels[i] = p
	}
	return panels, nil
}
