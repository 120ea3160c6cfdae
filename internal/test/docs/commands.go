// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"regexp"
	"strings"
)

// Command is what a reader types at a prompt, as far as one program: what is
// joined by | or && is several.
type Command struct {
	// Line is all that stands at the prompt, without a comment.
	Line string
	// Env is what is set in front of the program ("NAME=value"), Args the
	// program and its arguments, without their quotes.
	Env, Args []string
}

var assignment = regexp.MustCompile(`^[A-Z_]+=`)

// Commands lists the commands of a block. Lines without a prompt are output.
func (b Block) Commands() []Command {
	var commands []Command
	for line := range strings.Lines(strings.ReplaceAll(b.Text, "\\\n", "")) {
		typed, prompted := strings.CutPrefix(line, "$ ")
		if !prompted {
			continue
		}
		words, length := split(typed)
		var command Command
		for _, word := range append(words, "|") {
			switch {
			case word == "|" || word == "&&":
				command.Line = strings.TrimSpace(typed[:length])
				commands = append(commands, command)
				command = Command{}
			case len(command.Args) == 0 && assignment.MatchString(word):
				command.Env = append(command.Env, word)
			default:
				command.Args = append(command.Args, word)
			}
		}
	}
	return commands
}

// split cuts a line into words as a shell does, and returns where a comment
// begins.
func split(line string) (words []string, length int) {
	var word strings.Builder
	var quote rune
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for i, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && (r == ' ' || r == '\n'):
			end()
		case quote == 0 && !begun && r == '#':
			return words, i
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	end()
	return words, len(line)
}
