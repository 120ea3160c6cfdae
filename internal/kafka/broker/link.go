// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"errors"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/pending"
)

// link is one connection to one broker. The library dials, logs in and negotiates
// the protocol; from then on it never touches the connection again, and requests
// are written and answers read here. A link serves one request at a time, and
// once a request has failed other than by a Kafka error code it is never used
// again: after a time-out the next answer on it would belong to the request
// before.
type link struct {
	pool        *Pool
	dialer      *dialer
	broker      *sarama.Broker
	used        bool // has served a request before
	correlation int32
	// expires is when the login is too old for another request. Zero: never.
	expires time.Time
	// verified is the cluster that the broker belongs to by its own answer.
	verified string
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
	err := l.awaitOpen(ctx)
	if err == nil {
		err = l.opened(&conf)
	}
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

// opened takes the connection over from the library, which goes on without the
// broker's versions where it cannot read them.
func (l *link) opened(conf *sarama.Config) error {
	said := &l.dialer.conn.opening
	if conf.ApiVersionsRequest && said.versions == nil {
		return &wire.MalformedError{API: "ApiVersions", Err: errNoVersions}
	}
	if l.dialer.conn.guard.within() { // what comes next would be taken for its rest, whatever length it claims
		return &wire.MalformedError{API: kmsg.Key(said.key).Name(), Err: errMore}
	}
	l.expires = said.expires()
	return l.dialer.conn.opened()
}

var errNoVersions = errors.New("it names no versions")

// awaitOpen returns when the library has opened the connection or ctx ends, whichever
// is first. In the latter case the connection is cut, which ends the library's call
// unless it waits for a third party (a ticket, a token); it then ends by itself.
func (l *link) awaitOpen(ctx context.Context) error {
	var call pending.Call[error]
	l.pool.opening.Add(1)
	call.Start(func() error {
		defer l.pool.opening.Add(-1)
		return l.connected()
	})
	err, ended := call.Wait(ctx)
	if !ended {
		l.dialer.cut()
		return context.Cause(ctx)
	}
	return l.dialer.explain(err)
}

func (l *link) connected() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &kafkaerr.PanicError{Value: r}
		}
	}()
	_, err = l.broker.Connected()
	return err
}

// close cuts the connection. The library's part of it is closed in the background,
// because that waits for a login in progress.
func (l *link) close() {
	l.dialer.cut()
	go func() { _ = l.broker.Close() }()
}

// expired reports whether the broker is about to end the login, and with it the
// connection at the next request.
func (l *link) expired() bool { return !l.expires.IsZero() && time.Now().After(l.expires) }

// negotiate sets the newest version of the request that the broker, this
// client and the configured protocol know.
func (l *link) negotiate(request wire.Request) error {
	oldest, newest := request.Min, request.Max
	known := true
	if limit := l.pool.newest; limit != nil {
		var most int16
		most, known = limit.LookupMaxKeyVersion(request.Key())
		newest = min(newest, most)
	}
	if offered := l.dialer.conn.opening.versions; offered != nil && known {
		var of wire.VersionRange
		of, known = offered[request.Key()]
		oldest, newest = max(oldest, of.Min), min(newest, of.Max)
	}
	if !known || newest < oldest {
		return sarama.ErrUnsupportedVersion
	}
	request.SetVersion(newest)
	return nil
}
