// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// printScrapes prints what a scrape takes, in Markdown.
func printScrapes(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| \t| wall (median)\t| least–most\t| × floor\t| CPU\t| peak memory\t| requests\t| received\t| points\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, r := range rows {
		ratio := "1"
		if r.floor != nil {
			ratio = fmt.Sprintf("%.2f", float64(r.wall)/float64(r.floor.wall))
		}
		fmt.Fprintf(w, "| %s\t| %s\t| %s–%s\t| %s\t| %s\t| %d MiB\t| %.1f\t| %.1f MB\t| %d\t|\n",
			r.name, ms(r.wall), ms(r.best), ms(r.worst), ratio, ms(r.cpu), r.peak>>20, r.requests, float64(r.bytes)/1e6, r.points)
	}
	return w.Flush()
}

// printPulls prints what a pull takes, in Markdown.
func printPulls(out io.Writer, pages []pulled) error {
	if len(pages) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| \t| a scrape, CPU\t| a pull, wall (median)\t| CPU\t| peak memory\t| page\t| series\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, p := range pages {
		scrape := "–" // the pull is the scrape
		if p.scrape > 0 {
			scrape = ms(p.scrape)
		}
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %s\t| %d MiB\t| %.1f MB\t| %d\t|\n",
			p.name, scrape, ms(p.wall), ms(p.cpu), p.peak>>20, float64(p.bytes)/1e6, p.series)
	}
	return w.Flush()
}

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
