// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"html"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Paths beside that of the page.
const (
	landingPath = "/"
	healthPath  = "/healthz"
)

// maxPulls bounds how many pages are sent at once. A slow client costs the buffers of a
// connection and, until it is cut off, a page that may be an old one.
const maxPulls = 256

// handler answers what comes in over HTTP.
type handler struct {
	path        string
	openMetrics bool
	limit       time.Duration // for one answer; 0: none
	pages       *pages
	telemetry   *telemetry
	pulls       chan struct{} // a place for each
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	switch r.URL.Path {
	case h.path:
		h.page(w, r)
	case healthPath:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok\n")
	case landingPath:
		h.landing(w)
	default:
		http.NotFound(w, r)
	}
}

// landing names the paths, for who looks with a browser.
func (h *handler) landing(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	path := html.EscapeString(h.path)
	_, _ = io.WriteString(w, `<!DOCTYPE html>
<html lang="en">
<head><title>Metrics</title></head>
<body>
<h1>Metrics</h1>
<ul>
<li><a href="`+path+`">`+path+`</a>: the metrics, for Prometheus</li>
<li><a href="`+healthPath+`">`+healthPath+`</a>: says ok while this server runs</li>
</ul>
</body>
</html>
`)
}

// page sends the page in the form that the client asks for.
func (h *handler) page(w http.ResponseWriter, r *http.Request) {
	select {
	case h.pulls <- struct{}{}:
		defer func() { <-h.pulls }()
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many pulls at once", http.StatusServiceUnavailable)
		return
	}
	f, packed := formFor(r.Header["Accept"], h.openMetrics), acceptsGzip(r.Header["Accept-Encoding"])
	p := h.pages.pull(r.Context(), f)
	size := p.size
	w.Header().Set("Content-Type", f.contentType())
	w.Header().Add("Vary", "Accept, Accept-Encoding")
	if packed {
		size = int64(len(p.packed))
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	if r.Method == http.MethodHead {
		return
	}
	to := newDeadlineWriter(w, h.limit)
	err := p.writeTo(to, packed)
	h.telemetry.pulled(r.Context(), f, packed, to.sent, err == nil)
}

// writeTo writes the page, compressed or not.
func (p *page) writeTo(w io.Writer, packed bool) error {
	if packed {
		_, err := w.Write(p.packed)
		return err
	}
	text := p.text()
	defer text.Close()
	_, err := io.CopyBuffer(w, text, make([]byte, chunk))
	return err
}
