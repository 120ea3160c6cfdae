// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// eachLine calls f with each line of a text, its end included, however long it
// is. The line holds until f returns.
func eachLine(r io.Reader, f func(line []byte)) error {
	lines := bufio.NewReaderSize(r, chunk)
	var long []byte
	for {
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, line...)
			continue
		case errors.Is(err, io.EOF):
			return nil // each line has an end
		case err != nil:
			return err
		case len(long) > 0:
			line = append(long, line...)
			long = long[:0]
		}
		f(line)
	}
}

// sampleLine is a line of a block, taken apart. Names and values are escaped as
// they stand in the line.
type sampleLine struct {
	name   []byte
	quoted bool // the name stands between the braces
	labels []pair
	rest   []byte // value and time, with the end of the line
}

type pair struct{ name, value []byte }

// parse takes apart a line that a renderer has written, reusing the room of the
// one before.
func (s *sampleLine) parse(line []byte) {
	s.labels, s.quoted = s.labels[:0], line[0] == '{'
	end := bytes.IndexAny(line, "{ ")
	s.name, line = line[:end], line[end:]
	if line[0] == ' ' {
		s.rest = line[1:]
		return
	}
	line = line[1:]
	if s.quoted {
		s.name, line = cutQuoted(line)
		line = bytes.TrimPrefix(line, []byte{','})
	}
	for line[0] != '}' {
		var l pair
		if line[0] == '"' {
			l.name, line = cutQuoted(line)
		} else {
			end = bytes.IndexByte(line, '=')
			l.name, line = line[:end], line[end:]
		}
		l.value, line = cutQuoted(line[1:])
		line = bytes.TrimPrefix(line, []byte{','})
		s.labels = append(s.labels, l)
	}
	s.rest = line[2:]
}

// cutQuoted returns what stands between the quotes that s begins with, and what
// comes after.
func cutQuoted(s []byte) (inside, after []byte) {
	for i := 1; ; i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[1:i], s[i+1:]
		}
	}
}
