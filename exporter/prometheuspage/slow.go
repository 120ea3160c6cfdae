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
	// a tenth longer.
	sending = 4 * chunk
	// stalled is how long a client may take for that much. Who reads slower is cut off.
	stalled = 10 * time.Second
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
		err := d.control.SetWriteDeadline(d.deadline())
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return written, err
		}
		n, err := d.w.Write(p[:min(len(p), sending)])
		written += n
		d.sent += int64(n)
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}

// deadline is until when the next chunk has to be taken.
func (d *deadlineWriter) deadline() time.Time {
	next := time.Now().Add(stalled)
	if !d.end.IsZero() && d.end.Before(next) {
		return d.end
	}
	return next
}
