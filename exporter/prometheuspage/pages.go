// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"sync"
	"time"
)

// lately is for how long after a pull its form is prepared before it is asked
// for.
const lately = 10 * time.Minute

// pages has the page of each form that is pulled, made at most once for each
// change.
type pages struct {
	store    *store
	composed func(context.Context, *page, time.Duration, []conflict)
	now      func() time.Time

	composing sync.Mutex // one page at a time: who waits for a page finds it made
	composer  composer

	mu    sync.Mutex
	forms map[form]*prepared
}

// prepared is the page of a form, and when it was asked for.
type prepared struct {
	page   *page
	pulled time.Time
}

// pull returns the page of a form.
func (p *pages) pull(ctx context.Context, f form) *page {
	p.mu.Lock()
	known := p.forms[f]
	if known == nil {
		known = &prepared{}
		p.forms[f] = known
	}
	known.pulled = p.now()
	p.mu.Unlock()
	return p.current(ctx, f)
}

// prepare makes the pages that were pulled lately, and forgets the others.
func (p *pages) prepare(ctx context.Context) {
	for _, f := range p.pulledLately() {
		p.current(ctx, f)
	}
}

func (p *pages) pulledLately() []form {
	p.mu.Lock()
	defer p.mu.Unlock()
	var forms []form
	for f, known := range p.forms {
		if p.now().Sub(known.pulled) > lately {
			delete(p.forms, f)
		} else {
			forms = append(forms, f)
		}
	}
	return forms
}

// current is the page of a form as the store is now.
func (p *pages) current(ctx context.Context, f form) *page { return p.since(ctx, f, p.store.changes()) }

// since is the page of a form as the store was at a version, or later.
func (p *pages) since(ctx context.Context, f form, version uint64) *page {
	if made := p.made(f, version); made != nil {
		return made
	}
	p.composing.Lock()
	defer p.composing.Unlock()
	if made := p.made(f, version); made != nil {
		return made
	}
	start := p.now()
	sources, now := p.store.snapshot()
	made := p.composer.compose(sources, f)
	made.version = now
	p.mu.Lock()
	if known := p.forms[f]; known != nil {
		known.page = made
	}
	p.mu.Unlock()
	p.composed(ctx, made, p.now().Sub(start), p.composer.conflicts)
	return made
}

// made returns the page of a form if there is one of that version of the store, or a
// later one: whoever has waited for a page takes it, although more may have arrived since.
func (p *pages) made(f form, version uint64) *page {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.forms[f]; known != nil && known.page != nil && known.page.version >= version {
		return known.page
	}
	return nil
}
