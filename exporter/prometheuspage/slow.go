// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"errors"
	"net/http"
	"time"
)

const (
	// sending is how much of the page is handed to the kernel at once. By chunks, a pull takes
	// a quarter longer.
	sending = 16 * chunk
	// stalled is how long a client may take for pace bytes. Who reads slower is cut off.
	stalled = 10 * time.Second
	pace    = 4 * chunk
)

// deadlineWriter writes an answer in chunks, each of which has to be taken in
// time, and the whole until the end, if there is one.
type deadlineWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	end     time.Time // zero: none
	sent    int64
}

func newDeadlineWriter(w http.ResponseWriter, limit time.Duration) *deadlineWriter {
	d := &deadlineWriter{w: w, control: http.NewResponseController(w)}
	if limit > 0 {
		d.end = time.Now().Add(limit)
	}
	return d
}

func (d *deadlineWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		// What a middleware has wrapped may take no deadline. The server's own
		// limit holds then.
		next := p[:min(len(p), sending)]
		err := d.control.SetWriteDeadline(d.deadline(len(next)))
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return written, err
		}
		n, err := d.w.Write(next)
		written += n
		d.sent += int64(n)
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}

// deadline is until when so many bytes have to be taken.
func (d *deadlineWriter) deadline(size int) time.Time {
	next := time.Now().Add(max(stalled, stalled*time.Duration(size)/pace))
	if !d.end.IsZero() && d.end.Before(next) {
		return d.end
	}
	return next
}
