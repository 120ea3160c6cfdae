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
	version uint64
	packed  []byte // header and trailer of gzip included
	size    int64  // of the text
	series  int
}

// text reads the page's text. The caller closes it.
func (p *page) text() io.ReadCloser {
	return inflate(bytes.NewReader(p.packed[len(gzipHeader):])) // of the trailer nothing is read
}

// pageWriter puts a page together out of text, which it compresses, and of
// blocks that are compressed already. They are copied once for all who pull: what is
// one piece of memory is sent with few calls of the kernel, and needs no buffer.
type pageWriter struct {
	sum     checksum
	out     bytes.Buffer
	pack    *flate.Writer
	pending bool // pack has text that is not in out yet
}

// newPageWriter makes room for a page of about so many bytes, compressed.
func newPageWriter(size int) *pageWriter {
	w := &pageWriter{pack: deflaters.Get().(*flate.Writer)}
	w.out.Grow(size)
	w.out.Write(gzipHeader)
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
	w.out.Write(b.packed)
	w.sum = w.sum.join(b.sum)
}

// flush ends compressed text at a byte. What follows does not refer to what was
// before.
func (w *pageWriter) flush() {
	if !w.pending {
		return
	}
	_ = w.pack.Flush() // likewise
	w.pack.Reset(&w.out)
	w.pending = false
}

// finish ends the page.
func (w *pageWriter) finish() *page {
	w.flush()
	deflaters.Put(w.pack)
	w.out.Write(endOfStream)
	packed := binary.LittleEndian.AppendUint32(w.out.Bytes(), w.sum.crc)
	packed = binary.LittleEndian.AppendUint32(packed, uint32(w.sum.size))
	return &page{packed: packed, size: w.sum.size}
}
