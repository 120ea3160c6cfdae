// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// link is one connection to one broker. It serves one request at a time, and
// once a request has failed other than by a Kafka error code it is never used
// again: after a time-out the next answer on it would belong to the request
// before.
type link struct {
	pool   *Pool
	dialer *dialer
	broker *sarama.Broker
	used   bool // has served a request before
}

// openLink connects to address, logs in, and negotiates the protocol.
func openLink(ctx context.Context, p *Pool, address string) (*link, error) {
	l := &link{pool: p, dialer: newDialer(&p.cfg, sasl.UnframedAnswer(&p.conf), p.obs), broker: sarama.NewBroker(address)}
	conf := p.conf
	conf.Net.Proxy.Enable = true
	conf.Net.Proxy.Dialer = l.dialer
	if err := l.broker.Open(&conf); err != nil {
		return nil, err
	}
	_, err := await(ctx, l, func(b *sarama.Broker) (bool, error) { return b.Connected() })
	if err != nil {
		reached, silent := l.dialer.reached(), l.dialer.silent()
		l.close()
		if l.dialer.stood.Load() && (!silent || sasl.IsUnframed(&conf)) {
			err = p.login.Explain(err)
		}
		return nil, &kafkaerr.OpenError{Err: err, Reached: reached, Silent: silent}
	}
	return l, nil
}

// close cuts the connection. What the library still holds of it is given back
// beside the caller, because that waits for a call in progress.
func (l *link) close() {
	l.dialer.cut()
	go func() { _ = l.broker.Close() }()
}

// await makes one call on a link and returns when it is done or ctx is,
// whichever is first. A call that ctx ends is abandoned: its connection is
// cut, which ends it unless it sleeps (throttled) or waits for a third party
// (a ticket, a token); it then ends by itself and its result is dropped.
func await[T any](ctx context.Context, l *link, call func(*sarama.Broker) (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	l.pool.calls.Add(1)
	go func() {
		var o outcome
		defer func() {
			if r := recover(); r != nil {
				o.err = &kafkaerr.PanicError{Value: r}
			}
			l.pool.calls.Add(-1)
			done <- o
		}()
		o.value, o.err = call(l.broker)
	}()
	select {
	case o := <-done:
		return o.value, l.dialer.explain(o.err)
	case <-ctx.Done():
		l.dialer.cut()
		var none T
		return none, context.Cause(ctx)
	}
}
