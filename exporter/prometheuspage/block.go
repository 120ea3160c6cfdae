// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"bytes"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

const (
	// chunk is how much text is gathered before it is compressed.
	chunk = 64 << 10
	// smallText is the size below which text is not worth a compressed block:
	// it is compressed with its neighbors when the page is put together.
	smallText = 4 << 10
)

// block is the samples of one metric in one message, as lines of text, and never
// changes. Large ones are kept as a part of a deflate stream: several, one after
// the other, are a valid stream, so that a page is put together without
// compressing anything again.
type block struct {
	plain  []byte // the text, where it is small
	packed []byte // the compressed text, where it is not
	sum    checksum

	series  []uint64            // a key for each series, in the order of the text
	lines   []int32             // how many lines each has; nil: one each
	times   []pcommon.Timestamp // of each series; nil: all are of newest
	removed []removed

	newest, oldest pcommon.Timestamp // of its series and of what is removed

	legacyNames bool // no name needs quotes, whatever the escaping
	sameInOpen  bool // OpenMetrics writes the same lines
}

// removed is a series that a message says is gone.
type removed struct {
	key    uint64
	at     pcommon.Timestamp
	before int // of the block's series, how many are of later points
}

// add takes a series with a point of that time.
func (b *block) add(key uint64, at pcommon.Timestamp) {
	b.see(at)
	b.series = append(b.series, key)
	if b.times != nil {
		b.times = append(b.times, at)
	}
}

// remove takes a point that says that a series is gone.
func (b *block) remove(key uint64, at pcommon.Timestamp) {
	b.see(at)
	b.removed = append(b.removed, removed{key, at, len(b.series)})
}

// see takes the time of a point. Mostly all of a block are equal, and each series needs
// none of its own.
func (b *block) see(at pcommon.Timestamp) {
	switch {
	case len(b.series)+len(b.removed) == 0:
		b.newest, b.oldest = at, at
	case b.times == nil && at != b.newest:
		b.times = make([]pcommon.Timestamp, len(b.series), cap(b.series))
		for i := range b.times {
			b.times[i] = b.newest
		}
	}
	b.newest, b.oldest = max(b.newest, at), min(b.oldest, at)
}

// timeOf is the time of the i-th series.
func (b *block) timeOf(i int) pcommon.Timestamp {
	if b.times == nil {
		return b.newest
	}
	return b.times[i]
}

// reader reads the text. The caller closes it.
func (b *block) reader() io.ReadCloser {
	if b.packed == nil {
		return io.NopCloser(bytes.NewReader(b.plain))
	}
	return inflate(io.MultiReader(bytes.NewReader(b.packed), bytes.NewReader(endOfStream)))
}

// linesOf is the number of lines of the i-th series.
func (b *block) linesOf(i int) int {
	if b.lines == nil {
		return 1
	}
	return int(b.lines[i])
}

// blockWriter takes the lines of a block. They are appended to text.
type blockWriter struct {
	text []byte // what is not compressed yet
	sum  checksum
	out  bytes.Buffer
	pack *flate.Writer // from when the first chunk is full
}

// spill compresses the text so far when there is a chunk of it.
func (w *blockWriter) spill() {
	if len(w.text) >= chunk {
		w.compress()
	}
}

func (w *blockWriter) compress() {
	if w.pack == nil {
		w.pack = deflaters.Get().(*flate.Writer)
		w.pack.Reset(&w.out)
	}
	w.sum = w.sum.add(w.text)
	_, _ = w.pack.Write(w.text) // a bytes.Buffer takes everything
	w.text = w.text[:0]
}

// finish puts the text into the block, and makes the writer ready for the next.
func (w *blockWriter) finish(b *block) {
	if w.pack == nil && len(w.text) < smallText {
		b.plain, b.sum = slices.Clone(w.text), checksum{}.add(w.text)
	} else {
		w.compress()
		_ = w.pack.Flush() // likewise
		b.packed, b.sum = bytes.Clone(w.out.Bytes()), w.sum
	}
	w.reset()
}

func (w *blockWriter) reset() {
	if w.pack != nil {
		deflaters.Put(w.pack)
		w.pack = nil
	}
	w.text, w.sum = w.text[:0], checksum{}
	w.out.Reset()
}

// without writes a block again that lacks some of its series.
func (w *blockWriter) without(b *block, dropped []bool) *block {
	left := *b
	left.series, left.lines, left.times = nil, nil, nil
	_ = b.eachSeries(func(i int, lines []byte) { // the text is our own and in memory
		if dropped[i] {
			return
		}
		w.text = append(w.text, lines...)
		left.series = append(left.series, b.series[i])
		if b.lines != nil {
			left.lines = append(left.lines, b.lines[i])
		}
		if b.times != nil {
			left.times = append(left.times, b.times[i])
		}
		w.spill()
	})
	left.plain, left.packed = nil, nil
	w.finish(&left)
	return &left
}

// eachSeries calls f with the lines of each series. They hold until f returns.
func (b *block) eachSeries(f func(i int, lines []byte)) error {
	text := b.reader()
	defer text.Close()
	var lines []byte
	series, n := 0, 0
	return eachLine(text, func(line []byte) {
		lines = append(lines, line...)
		if n++; n == b.linesOf(series) {
			f(series, lines)
			series, n, lines = series+1, 0, lines[:0]
		}
	})
}

// endOfStream is an empty last block of deflate.
var endOfStream = []byte{0x03, 0x00}

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.BestSpeed) // the level is valid
	return w
}}

var inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(endOfStream)) }}

// inflater returns itself to the pool when it is closed.
type inflater struct{ io.ReadCloser }

func inflate(r io.Reader) io.ReadCloser {
	f := inflaters.Get().(io.ReadCloser)
	_ = f.(flate.Resetter).Reset(r, nil) // nil dictionary: cannot fail
	return inflater{f}
}

func (i inflater) Close() error {
	err := i.ReadCloser.Close()
	inflaters.Put(i.ReadCloser)
	return err
}
