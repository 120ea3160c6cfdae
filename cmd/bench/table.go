// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
	"time"
)

// printScrapes prints what a scrape takes, in Markdown.
func printScrapes(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| \t| wall (median)\t| least–most\t| × floor\t| CPU\t| peak memory\t| requests\t| search\t| look-ups\t| received\t| points\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	line := func(r row, ratio, searches, lookups, points string) {
		wall, least, most := r.wall()
		fmt.Fprintf(w, "| %s\t| %s\t| %s–%s\t| %s\t| %s\t| %d MiB\t| %.1f\t| %s\t| %s\t| %.1f MB\t| %s\t|\n",
			r, ms(wall), ms(least), ms(most), ratio, ms(r.cpu), r.peak>>20, r.requests, searches, lookups, float64(r.bytes)/1e6, points)
	}
	for _, r := range rows {
		line(*r.floor, "1", "", "", "")
		line(r, fmt.Sprintf("%.2f", r.aboveFloor()), figure(r.searches), figure(r.lookups), thousands(r.points))
	}
	return w.Flush()
}

// printBars prints what the figures are held to, in Markdown. It fails where one
// is not held.
func printBars(out io.Writer, bars []bar) error {
	if len(bars) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| held\t| at most\t| seen\t| \t| \t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|")
	broken := 0
	for _, b := range bars {
		verdict := "pass"
		if !b.met() {
			verdict = "FAIL"
			broken++
		}
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %s\t| %s\t|\n", b.what, figure(b.limit), figure(b.seen), b.unit, verdict)
	}
	if err := w.Flush(); err != nil || broken == 0 {
		return err
	}
	return fmt.Errorf("limits that are not held: %d of %d", broken, len(bars))
}

// printComparison prints each cluster's scrape and how it compares to that of
// the cluster before, in Markdown. The last of several sizes is the first again.
func (o options) printComparison(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| \t| wall (median)\t| \t| CPU\t| \t| peak memory\t| \t| floor's wall\t| floor's CPU\t| requests\t| points\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for i, r := range rows {
		wall, cpu, peak := "", "", ""
		if i > 0 {
			before := rows[i-1]
			if o.double > 0 && i == len(rows)-1 {
				before = rows[0] // the same size again
			}
			wall, cpu = o.compared(r, before, wallOf), o.compared(r, before, cpuOfRound)
			peak = times(float64(r.peak) / float64(before.peak))
		}
		median, _, _ := r.wall()
		floor, _, _ := r.floor.wall()
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %s\t| %s\t| %d MiB\t| %s\t| %s\t| %s\t| %.1f\t| %s\t|\n",
			r.name, ms(median), wall, ms(r.cpu), cpu, r.peak>>20, peak, ms(floor), ms(r.floor.cpu), r.requests, thousands(r.points))
	}
	return w.Flush()
}

// compared is how many times as much r takes as before, as it is held to.
func (o options) compared(r, before row, of func(round) time.Duration) string {
	if o.double == 0 {
		return times(r.times(before, of))
	}
	ratio, off := r.inAll(before, of)
	return fmt.Sprintf("%s ± %.2f", times(ratio), ratio*off)
}

func times(ratio float64) string { return fmt.Sprintf("× %.2f", ratio) }

// figure writes as many decimals as there is something to see in.
func figure(x float64) string {
	if x >= 100 {
		return thousands(int(math.Round(x)))
	}
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

// thousands sets a number in groups of three digits.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 { // from the right
		text = text[:i] + "," + text[i:]
	}
	return text
}

// printPulls prints what a pull takes, in Markdown.
func printPulls(out io.Writer, pages []pulled) error {
	if len(pages) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| \t| a scrape and a pull, CPU\t| a pull, wall (median)\t| × bare server\t| CPU\t| on the wire\t| without gzip, wall\t| CPU\t| page\t| peak memory\t| series\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, p := range pages {
		identity := [...]string{"–", "–", "–"}
		if p.identity.bytes > 0 {
			identity = [...]string{ms(p.identity.wall), ms(p.identity.cpu), megabytes(p.identity.bytes)}
		}
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %.2f\t| %s\t| %s\t| %s\t| %s\t| %s\t| %d MiB\t| %s\t|\n",
			p.name, ms(p.both), ms(p.gzip.wall), p.bare, ms(p.gzip.cpu), megabytes(p.gzip.bytes),
			identity[0], identity[1], identity[2], p.peak>>20, thousands(p.series))
	}
	return w.Flush()
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
