// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Ask sends one request to n and decodes the answer, in the newest version that
// both know. It returns when ctx ends at the latest, and so does decode.
//
// The broker may have closed a connection that was used before for being idle, so
// a request that fails on one is sent once more on a new connection. A failure on
// a new connection, or no answer in time, marks the broker as down for the rest of
// the scrape.
func Ask[T any](ctx context.Context, n *Node, request wire.Request, decode func(*wire.Reader) T) (T, error) {
	var none T
	api := request.Name()
	for {
		l, err := n.ready(ctx, api)
		if err != nil {
			return none, err
		}
		if err := l.negotiate(request); err != nil {
			n.give(l)
			return none, err
		}
		reused := l.used
		throttle, err := n.verify(ctx, l)
		if err == nil && throttle > 0 {
			n.giveThrottled(l, throttle)
			continue
		}
		var value T
		if err == nil {
			l.used = true
			began := time.Now()
			value, throttle, err = exchange(ctx, n, l, request, decode)
			n.pool.obs.Request(api, time.Since(began))
		}
		if err == nil {
			n.giveThrottled(l, throttle)
			n.trust()
			n.resumeAPI(api)
			return value, nil
		}
		l.close()
		n.observeFailed(ctx, api, err)
		if kafkaerr.IsTooLarge(err) {
			return none, err // the broker is well
		}
		if reused && ctx.Err() == nil {
			n.dropIdle() // as old as this one, most likely gone with it
			continue
		}
		if n.suspendAPI(api, err) || n.busy(ctx) {
			return none, err
		}
		return none, n.fail(ctx, &kafkaerr.RequestError{Err: err})
	}
}

// ready returns a connection on which the broker takes a request of api now.
func (n *Node) ready(ctx context.Context, api string) (*link, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx) // before n was given a chance
		}
		if err := n.suspended(api); err != nil {
			return nil, err
		}
		if err := n.awaitRest(ctx); err != nil {
			n.observeFailed(ctx, api, err)
			return nil, err
		}
		l, err := n.take(ctx, api)
		if err != nil {
			return nil, err
		}
		throttle := l.dialer.conn.opening.throttle
		if l.used || throttle == 0 {
			return l, nil
		}
		l.dialer.conn.opening.throttle = 0
		n.giveThrottled(l, throttle)
	}
}

// exchange sends a request on a link and decodes the answer. When ctx ends the
// connection is cut, which ends what waits for it; decoding looks at ctx itself.
func exchange[T any](ctx context.Context, n *Node, l *link, request wire.Request, decode func(*wire.Reader) T) (value T, throttle time.Duration, err error) {
	uncut := context.AfterFunc(ctx, l.dialer.cut)
	buffer := buffers.Get().(*buffer)
	defer func() {
		if r := recover(); r != nil {
			err = &kafkaerr.PanicError{Value: r}
		}
		buffer.release()
		if !uncut() {
			err = context.Cause(ctx)
		}
	}()
	l.correlation++
	if err := buffer.send(l.dialer.conn, request, l.pool.conf.ClientID, l.correlation); err != nil {
		return value, 0, err
	}
	large, err := buffer.receiveSize(l.dialer.conn)
	if err != nil {
		return value, 0, err
	}
	if large {
		if !n.reading.take(ctx) {
			return value, 0, context.Cause(ctx)
		}
		defer n.reading.give()
	}
	frame, err := buffer.receive(l.dialer.conn)
	if err != nil {
		return value, 0, err
	}
	if large {
		if !n.pool.decoding.take(ctx) {
			return value, 0, context.Cause(ctx)
		}
		defer n.pool.decoding.give()
	}
	return wire.Decode(ctx, request, l.correlation, frame, decode)
}

// turnstile is a mutex that can be waited for until a context ends.
type turnstile chan struct{}

func newTurnstile() turnstile { return make(turnstile, 1) }

// take reports whether its turn came before ctx ended.
func (t turnstile) take(ctx context.Context) bool {
	select {
	case t <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t turnstile) give() { <-t }
