// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"strings"
	"sync"
)

// eventLog keeps what a process prints, and signals when it prints something.
type eventLog struct {
	mu      sync.Mutex
	text    bytes.Buffer
	awaited map[string]chan struct{} // by the text awaited; closed when it came
}

func newEventLog() *eventLog { return &eventLog{awaited: make(map[string]chan struct{})} }

// Write implements [io.Writer].
func (l *eventLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.text.Write(p)
	for text, came := range l.awaited {
		if strings.Contains(l.text.String(), text) {
			close(came)
			delete(l.awaited, text)
		}
	}
	return n, err
}

// await returns a channel that is closed when the text has been printed.
func (l *eventLog) await(text string) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	came, ok := l.awaited[text]
	if !ok {
		came = make(chan struct{})
		if strings.Contains(l.text.String(), text) {
			close(came)
		} else {
			l.awaited[text] = came
		}
	}
	return came
}

func (l *eventLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
