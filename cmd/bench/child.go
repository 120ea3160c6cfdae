// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// What is measured runs in processes of its own, so that its CPU time and
// memory are its alone. The floor and the bare receiver are this program
// again, started with the name of the role.
const (
	roleFloor    = "floor"
	roleReceiver = "receiver"
)

// child is this program in a role. It writes a [sample] in a line of JSON for
// each round, and ends with its standard input.
type child struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	samples chan sample // closed with the child's end
}

func startChild(role string, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, append([]string{role}, args...)...), samples: make(chan sample, 100)}
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(c.samples)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var s sample
			if json.Unmarshal(lines.Bytes(), &s) == nil {
				c.samples <- s
			}
		}
	}()
	return c, nil
}

// next waits for a round.
func (c *child) next(limit time.Duration) (sample, error) {
	select {
	case s, ok := <-c.samples:
		if !ok {
			return sample{}, errors.New("the measured process ended")
		}
		return s, nil
	case <-time.After(limit):
		return sample{}, fmt.Errorf("nothing measured in %v", limit)
	}
}

// waiting reports whether there has been a round since.
func (c *child) waiting() bool { return len(c.samples) > 0 }

// ask has a child that waits for it do a round.
func (c *child) ask(limit time.Duration) (sample, error) {
	if err := c.prompt(); err != nil {
		return sample{}, err
	}
	return c.next(limit)
}

// prompt tells a child to do what it waits for.
func (c *child) prompt() error {
	_, err := io.WriteString(c.stdin, "\n")
	return err
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// stop ends the child.
func (c *child) stop() {
	_ = c.stdin.Close()   // fails where the child has ended already
	for range c.samples { // until its end
		continue
	}
	_ = c.cmd.Wait() // it has no more to say
}

// report writes a round, as a child.
func report(s sample) error { return json.NewEncoder(os.Stdout).Encode(s) }
