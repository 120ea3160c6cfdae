// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
)

// maxLines is how many brokers, problems or notes are shown of one receiver, so that all
// of it fits a screen.
const maxLines = 10

// largest is how many metrics are shown.
const largest = 5

// writeText writes a report to be read.
func writeText(out io.Writer, report *Report) error {
	var text bytes.Buffer
	for _, line := range report.Errors[:min(len(report.Errors), maxListed)] {
		fmt.Fprintln(&text, "error:", line)
	}
	for i := range report.Receivers {
		if i > 0 {
			fmt.Fprintln(&text)
		}
		writeResult(&text, &report.Receivers[i])
	}
	_, err := out.Write(text.Bytes())
	return err
}

func writeResult(out io.Writer, r *Result) {
	verdict := "all is well"
	if n := len(r.Problems); n > 0 {
		verdict = count(n, "problem")
	}
	fmt.Fprintf(out, "%s: %s\n", r.Receiver, verdict)
	section(out, "cluster", clusterLine(r))
	section(out, "login", r.Login.String())
	section(out, "brokers", brokerLines(r)...)
	section(out, "rights", rightLines(r.Rights)...)
	if len(r.Rights) > 0 {
		section(out, "topics", r.Topics.String())
		section(out, "groups", r.Groups.String())
		section(out, "series", seriesLines(r.Series)...)
	}
	section(out, "scrape", fmt.Sprintf("%.2f s", r.ScrapeSeconds))
	section(out, "notes", firstLines(r.Notes)...)
	section(out, "problems", firstLines(r.Problems)...)
	section(out, "to add", r.ACLCommands...)
}

func clusterLine(r *Result) string {
	if len(r.Brokers) == 0 {
		return "not reached"
	}
	return cmp.Or(r.ClusterID, "has no id")
}

// section writes lines under a title.
func section(out io.Writer, title string, lines ...string) {
	for _, line := range lines {
		fmt.Fprintf(out, "  %-9s %s\n", title, line)
		title = ""
	}
}

// firstLines returns the lines that are shown of all.
func firstLines(all []string) []string {
	if len(all) <= maxLines {
		return all
	}
	return append(all[:maxLines:maxLines], fmt.Sprintf("and %d more", len(all)-maxLines))
}

func (l Login) String() string {
	text := "none"
	if l.Mechanism != "" {
		text = l.Mechanism
	}
	if l.User != "" {
		text += " as " + l.User
	}
	if l.TLS {
		return text + ", TLS"
	}
	return text + ", no TLS"
}

func brokerLines(r *Result) []string {
	var lines []string
	for _, b := range r.Brokers {
		state := "not asked"
		switch {
		case b.ErrorCode != "":
			state = cmp.Or(b.LikelyCause, b.Error)
		case b.Answered && b.Version != "":
			state = "Kafka " + b.Version
		case b.Answered:
			state = "answered"
		}
		lines = append(lines, fmt.Sprintf("%d  %s  %s", b.ID, b.Address, state))
	}
	lines = firstLines(lines)
	if more := r.BrokerCount - len(r.Brokers); more > 0 {
		lines[len(lines)-1] = fmt.Sprintf("and %d more", r.BrokerCount-maxLines)
	}
	return lines
}

// rightLines has what the configuration does not ask for in one line.
func rightLines(rights []Right) []string {
	var lines, off []string
	for _, r := range rights {
		if r.State == StateOff {
			off = append(off, r.For)
			continue
		}
		lines = append(lines, fmt.Sprintf("%-11s  %-26s  %s", r.State, r.String(), r.For))
	}
	if len(off) > 0 {
		lines = append(lines, fmt.Sprintf("%-11s  %s", StateOff, strings.Join(off, ", ")))
	}
	return lines
}

func (n Names) String() string {
	text := fmt.Sprintf("%d seen, %d filtered", n.Seen, n.Filtered)
	if n.LeftOut > 0 {
		text += fmt.Sprintf(", %d left out", n.LeftOut)
	}
	if n.Seen > 0 {
		text += ": " + firstOf(n.First, n.Seen)
	}
	return text
}

func seriesLines(s Series) []string {
	total := fmt.Sprintf("%d", s.Now)
	if s.Total > s.Now {
		total += fmt.Sprintf(", and up to %d with time lag, ages and rates, which come later", s.Total)
	}
	var most []string
	for _, m := range s.ByMetric[:min(len(s.ByMetric), largest)] {
		most = append(most, fmt.Sprintf("%s %d", m.Metric, m.Total))
	}
	if len(most) == 0 {
		return []string{total}
	}
	return []string{total, "most: " + strings.Join(most, ", ")}
}
