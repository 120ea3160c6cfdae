// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/pending"
)

// Exit codes.
const (
	// Well says that nothing is missing of what the configurations ask for.
	Well = 0
	// Missing says that something is.
	Missing = 1
	// Untried says that the command line or a configuration is wrong.
	Untried = 2
)

const usage = `Usage: kafkalag-check [flags] CONFIG...

Reads the collector's configuration as the collector does, scrapes once as each
receiver kafkalag in it would, and says what that came to. Nothing is written
to Kafka.

Exit code: 0 all is well, 1 something is missing, 2 the command line or the
configuration is wrong.

`

// longestRead bounds reading the configurations.
const longestRead = 30 * time.Second

var errSlowConfig = errors.New("reading the configuration takes too long")

// options is the command line.
type options struct {
	configs  []string
	receiver string
	json     bool
}

// Run is the command: it writes what was found to out, and returns the exit code.
func Run(ctx context.Context, args []string, out, errOut io.Writer) int {
	opts, err := parse(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return Well
	}
	if err != nil {
		return Untried
	}
	report := newReport(ctx, opts)
	if opts.json {
		err = writeJSON(out, report)
	} else {
		err = writeText(out, report)
	}
	if err != nil {
		fmt.Fprintln(errOut, "kafkalag-check:", err)
		return Untried
	}
	return report.exitCode()
}

// newReport reads the configurations and checks their receivers one after the other.
func newReport(ctx context.Context, opts options) *Report {
	report := &Report{Errors: []string{}, Receivers: []Result{}}
	reading, cancel := context.WithTimeoutCause(ctx, longestRead, errSlowConfig)
	defer cancel()
	targets, err := withDeadline(reading, func() ([]target, error) { return load(reading, opts.configs, opts.receiver) })
	if err != nil {
		report.Errors = errorLines(printer{}, err)
		return report
	}
	for _, t := range targets {
		result, err := check(ctx, t)
		if err != nil {
			report.Errors = append(report.Errors, errorLines(newPrinter(t.cfg), fmt.Errorf("receivers::%s: %w", t.id, err))...)
			continue
		}
		report.Receivers = append(report.Receivers, *result)
	}
	report.OK = report.exitCode() == Well
	return report
}

// withDeadline calls do and returns at the end of ctx, even if do does not: reading a file
// takes no context.
func withDeadline[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var call pending.Call[outcome]
	call.Start(func() outcome {
		value, err := do()
		return outcome{value, err}
	})
	got, ended := call.Wait(ctx)
	if !ended {
		return got.value, context.Cause(ctx)
	}
	return got.value, got.err
}

// errorLines returns an error as lines that may be shown.
func errorLines(show printer, err error) []string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, show.text(line))
		}
	}
	return lines
}

func (r *Report) exitCode() int {
	if len(r.Errors) > 0 {
		return Untried
	}
	for _, result := range r.Receivers {
		if len(result.Problems) > 0 {
			return Missing
		}
	}
	return Well
}

func writeJSON(out io.Writer, report *Report) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(report)
}

func parse(args []string, errOut io.Writer) (options, error) {
	var opts options
	flags := flag.NewFlagSet("kafkalag-check", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.Usage = func() {
		fmt.Fprint(errOut, usage)
		flags.PrintDefaults()
	}
	flags.Func("config", "a `file` or another URI of a configuration, as the collector takes it; may be repeated", func(uri string) error {
		opts.configs = append(opts.configs, uri)
		return nil
	})
	flags.StringVar(&opts.receiver, "receiver", "", "the only `receiver` to check, as \"kafkalag/NAME\"; all by default")
	format := flags.String("o", "text", "the `format` of the output, text or json")
	for len(args) > 0 { // flags may come after configurations
		if err := flags.Parse(args); err != nil {
			return opts, err
		}
		if args = flags.Args(); len(args) > 0 {
			opts.configs, args = append(opts.configs, args[0]), args[1:]
		}
	}
	opts.json = *format == "json"
	var err error
	switch {
	case *format != "text" && *format != "json":
		err = fmt.Errorf("-o is %q: must be text or json", *format)
	case len(opts.configs) == 0:
		err = errors.New("no configuration is named")
	}
	if err != nil {
		fmt.Fprintln(errOut, "kafkalag-check:", err)
	}
	return opts, err
}
