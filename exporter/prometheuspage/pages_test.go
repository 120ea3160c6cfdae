// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
)

// countPages counts the pages that are put together.
func countPages(e *pageExporter) *atomic.Int32 {
	var n atomic.Int32
	e.pages.composed = func(context.Context, *page, time.Duration, []conflict) { n.Add(1) }
	return &n
}

// However many pull, a page is put together once for each change and form.
func TestPageIsMadeOnceForAll(t *testing.T) {
	e, h := newTestExporter(t, nil)
	n := countPages(e)
	e.mustConsume(t, lagPoints(2000, 1))
	var pulls sync.WaitGroup
	for range 50 {
		pulls.Go(func() { pull(t, h) })
		pulls.Go(func() { pull(t, h, "Accept-Encoding", "gzip") })
	}
	pulls.Wait()
	assert.EqualValues(t, 1, n.Load())
	e.mustConsume(t, lagPoints(2000, 2))
	pull(t, h)
	assert.EqualValues(t, 2, n.Load())
	pull(t, h, "Accept", "text/plain;version=1.0.0")
	assert.EqualValues(t, 3, n.Load())
}

// Whoever has waited for a page takes it, although more has arrived since it was begun: else
// each of those who wait would put a page together.
func TestPageOfWhenItWasAskedForIsTaken(t *testing.T) {
	e, _ := newTestExporter(t, nil)
	f := form{text, model.UnderscoreEscaping}
	e.mustConsume(t, lagPoints(1, 1))
	n, ctx, asked := countPages(e), context.Background(), e.store.changes()
	e.mustConsume(t, lagPoints(1, 2))
	made := e.pages.pull(ctx, f)
	e.mustConsume(t, lagPoints(1, 3))
	assert.Same(t, made, e.pages.since(ctx, f, asked))
	assert.EqualValues(t, 1, n.Load())
	assert.NotSame(t, made, e.pages.current(ctx, f))
	assert.EqualValues(t, 2, n.Load())
}

// A form that was pulled lately is ready before it is pulled again. One that was
// not costs nothing.
func TestFormsPulledLatelyArePrepared(t *testing.T) {
	e, _ := newTestExporter(t, nil)
	n, ctx := countPages(e), context.Background()
	now := time.Now()
	e.pages.now = func() time.Time { return now }
	f := form{text, model.UnderscoreEscaping}
	e.pages.prepare(ctx)
	assert.EqualValues(t, 0, n.Load())
	e.pages.pull(ctx, f)
	e.mustConsume(t, lagPoints(1, 1))
	e.pages.prepare(ctx)
	assert.EqualValues(t, 2, n.Load())
	e.pages.pull(ctx, f)
	assert.EqualValues(t, 2, n.Load())
	now = now.Add(lately + 1)
	e.mustConsume(t, lagPoints(1, 2))
	e.pages.prepare(ctx)
	assert.EqualValues(t, 2, n.Load())
	assert.Empty(t, e.pages.forms)
}
