// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/flate"
)

// gzipHeader starts a gzip member that has no name and no time. A page is one
// member: curl stops after the first of several and fails.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff}

// page is a whole answer, compressed. It never changes.
type page struct {
	version  uint64
	segments [][]byte // header and trailer of gzip included
	gzipSize int64
	size     int64 // of the text
	series   int
}

// text reads the page's text. The caller closes it.
func (p *page) text() io.ReadCloser {
	readers := make([]io.Reader, 0, len(p.segments)-1)
	for _, s := range p.segments[1:] { // of the trailer nothing is read
		readers = append(readers, bytes.NewReader(s))
	}
	return inflate(io.MultiReader(readers...))
}

// pageWriter puts a page together out of text, which it compresses, and of
// blocks that are compressed already, which it refers to.
type pageWriter struct {
	segments [][]byte
	sum      checksum
	out      bytes.Buffer
	pack     *flate.Writer
	pending  bool // pack has text that is not in a segment yet
}

func newPageWriter() *pageWriter {
	w := &pageWriter{segments: [][]byte{gzipHeader}, pack: deflaters.Get().(*flate.Writer)}
	w.pack.Reset(&w.out)
	return w
}

// Write takes text.
func (w *pageWriter) Write(text []byte) (int, error) {
	w.pending = true
	w.sum = w.sum.add(text)
	return w.pack.Write(text)
}

// block takes a block as it is.
func (w *pageWriter) block(b *block) {
	if b.packed == nil {
		_, _ = w.Write(b.plain) // a bytes.Buffer takes everything
		return
	}
	w.flush()
	w.segments = append(w.segments, b.packed)
	w.sum = w.sum.join(b.sum)
}

// flush ends a segment of compressed text at a byte. What follows does not refer
// to what was before.
func (w *pageWriter) flush() {
	if !w.pending {
		return
	}
	_ = w.pack.Flush() // likewise
	w.segments = append(w.segments, bytes.Clone(w.out.Bytes()))
	w.out.Reset()
	w.pack.Reset(&w.out)
	w.pending = false
}

// finish ends the page.
func (w *pageWriter) finish() *page {
	w.flush()
	deflaters.Put(w.pack)
	trailer := bytes.Clone(endOfStream)
	trailer = binary.LittleEndian.AppendUint32(trailer, w.sum.crc)
	trailer = binary.LittleEndian.AppendUint32(trailer, uint32(w.sum.size))
	p := &page{segments: append(w.segments, trailer), size: w.sum.size}
	for _, s := range p.segments {
		p.gzipSize += int64(len(s))
	}
	return p
}
