// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programs has what may stand at a prompt, and how that is checked.
var programs = map[string]func(*testing.T, Command){
	"make": assertTarget,
	"go":   assertPackage,

	"build/otelcol-kafkalag": assertFiles, // internal/test/e2e has the collector take them
	"otelcol-kafkalag":       assertFiles, // likewise, where it is installed
	"build/kafkalag-check":   assertFiles,
	"promtool":               assertFiles,
	"docker":                 assertFiles,
	"kubectl":                assertManifests,
	"helm":                   assertFiles, // internal/test/deploy renders what it is given
	"systemctl":              assertFiles,
	"systemd-run":            assertFiles,
	"dpkg":                   assertFiles,
	"rpm":                    assertFiles,

	"cd":              unchecked,
	"editor":          unchecked,
	"git":             unchecked,
	"curl":            unchecked, // internal/test/e2e runs it, with what it is piped into
	"grep":            unchecked,
	"kafka-acls.sh":   unchecked, // internal/test/acls and receiver/probe run it
	"kafka-topics.sh": unchecked, // receiver/probe runs it
	"kafkalag-check":  unchecked, // internal/check runs it, on real Kafka
	"confluent":       unchecked, // tools of services, which no test reaches
	"rpk":             unchecked,
	"avn":             unchecked,
	"kafka_exporter":  unchecked, // internal/test/e2e holds its flags to the list of them
}

func unchecked(*testing.T, Command) {}

func TestCommands(t *testing.T) {
	for _, p := range All(t) {
		for _, b := range p.Blocks() {
			if b.Language != "console" {
				continue
			}
			commands := b.Commands()
			assert.NotEmpty(t, commands, "%s:%d: nothing to type", p.Path, b.Line)
			for _, c := range commands {
				t.Run(p.Path+" "+c.Line, func(t *testing.T) {
					if c.Args[0] == "sudo" {
						c.Args = c.Args[1:]
					}
					check := programs[c.Args[0]]
					if strings.HasPrefix(c.Args[0], "scripts/") {
						check = assertFiles
					}
					require.NotNil(t, check, "add a check of %s", c.Args[0])
					check(t, c)
					if c.Args[0] != "kafka_exporter" { // which has variables of its own
						assertVariables(t, c, p)
					}
				})
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(t), name))
	require.NoError(t, err)
	return string(text)
}

// assertVariables checks that what is set in front of a command has an effect:
// the Makefile, a script, a file named in the command or a configuration on the
// page uses it.
func assertVariables(t *testing.T, c Command, on Page) {
	t.Helper()
	all := read(t, "Makefile")
	for _, script := range Files(t, ".sh") {
		all += read(t, script)
	}
	for _, arg := range c.Args {
		if strings.HasSuffix(arg, ".yaml") && inRepository(t, arg) {
			all += read(t, arg)
		}
	}
	for _, b := range on.Blocks() {
		if b.Language == "yaml" {
			all += b.Text
		}
	}
	for _, set := range c.Env {
		name, _, _ := strings.Cut(set, "=")
		assert.Regexp(t, `\b`+name+`\b`, all)
	}
}

func assertTarget(t *testing.T, c Command) {
	t.Helper()
	makefile := read(t, "Makefile")
	for _, arg := range c.Args[1:] {
		if name, value, variable := strings.Cut(arg, "="); variable {
			assertVariables(t, Command{Env: []string{arg}}, Page{})
			if name == "CLUSTER" {
				assertFlags(t, "./cmd/bench", strings.Fields(value))
			}
			continue
		}
		assert.Regexp(t, `(?m)^`+regexp.QuoteMeta(arg)+`:`, makefile)
	}
}

func assertPackage(t *testing.T, c Command) {
	t.Helper()
	require.Greater(t, len(c.Args), 2)
	switch c.Args[1] {
	case "run":
		assertFlags(t, c.Args[2], c.Args[3:])
	case "test":
		assert.True(t, inRepository(t, c.Args[len(c.Args)-1]))
	default:
		t.Errorf("add a check of go %s", c.Args[1])
	}
}

// assertFlags checks that the program offers the flags.
func assertFlags(t *testing.T, program string, args []string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), "go", "run", program, "-help")
	run.Dir = Root(t)
	usage, err := run.CombinedOutput()
	require.NoError(t, err, "%s", usage)
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") && arg != "-help" {
			assert.Regexp(t, `(?m)^ +`+arg+`\b`, string(usage))
		}
	}
}

// assertFiles checks that the repository's files among the arguments are there.
func assertFiles(t *testing.T, c Command) {
	t.Helper()
	for _, arg := range c.Args {
		if repositoryPath.MatchString(arg) {
			assert.True(t, inRepository(t, arg), "%s is not there", arg)
		}
	}
}

// assertManifests does so for what kubectl applies; other arguments of it can
// look like paths.
func assertManifests(t *testing.T, c Command) {
	t.Helper()
	for i, arg := range c.Args {
		if arg == "-f" || arg == "-k" {
			assert.True(t, inRepository(t, c.Args[i+1]), "%s is not there", c.Args[i+1])
		}
	}
}
