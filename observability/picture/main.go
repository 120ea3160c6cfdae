// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Picture draws panels of the Grafana dashboard, with data from a Prometheus,
// into a PNG. It is a module of its own, so that drawing is no dependency of the
// receiver. `make picture` runs it.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	prometheus := flag.String("prometheus", "http://localhost:9090", "`URL` of Prometheus")
	file := flag.String("dashboard", "../grafana/kafkalag.json", "the dashboard, a `file`")
	titles := flag.String("panels", "Time lag,Lag,Records written and read by topic,Requests to brokers", "`titles` of panels, from left to right and down")
	one := flag.String("one", "", "the `group` that is shown in depth")
	span := flag.Duration("span", 5*time.Minute, "how far back from now the picture reaches")
	out := flag.String("out", "dashboard.png", "the `file` to write")
	flag.Parse()
	if err := run(*prometheus, *file, strings.Split(*titles, ","), *one, *span, *out); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func run(prometheus, file string, titles []string, one string, span time.Duration, out string) error {
	panels, err := readPanels(file, titles)
	if err != nil {
		return err
	}
	ask := question{
		server: prometheus, end: time.Now(), span: span,
		variables: map[string]string{
			"cluster": ".*", "job": ".*", "group": ".*", "topic": ".*", "receiver": ".*", "one": one,
			"__rate_interval": (span / 15).Round(time.Second).String(),
		},
	}
	charts := make([]chart, len(panels))
	for i, p := range panels {
		if charts[i], err = ask.chart(p); err != nil {
			return fmt.Errorf("panel %q: %w", p.Title, err)
		}
	}
	return draw(charts, ask.end.Add(-span), ask.end, out)
}
