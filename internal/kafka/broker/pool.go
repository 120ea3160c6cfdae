// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package broker connects to the brokers of a cluster, sends them requests
// within a time limit, and remembers which of them fail. It knows nothing of what
// is asked, but for the names of requests.
package broker

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kversion"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// maxOpening bounds the connections that are being opened. It includes abandoned ones
// that wait for something that cutting a connection does not end: a ticket or a token.
const maxOpening = 2048

var (
	// ErrClosed ends requests when the pool is closed.
	ErrClosed  = errors.New("the client is closed")
	errHanging = errors.New("not dialed: too many earlier logins still hang")
)

// Pool holds the brokers of one cluster: connections, logins and back-off. It knows the
// configured seeds, and the brokers that SetBrokers was last given. Requests go through
// [Ask]. It does not dial before the first one. Any goroutine may use it.
type Pool struct {
	cfg      kafkaconfig.Config
	conf     sarama.Config
	obs      Observer
	login    *sasl.Login
	optional map[string]bool
	ctx      context.Context //nolint:containedctx // ends with close
	stop     context.CancelCauseFunc
	opening  atomic.Int64
	// decoding is held while a large answer, which is read, is decoded.
	decoding turnstile
	// newest is the newest versions of requests that may be sent. Nil: what a
	// broker knows alone decides.
	newest *kversion.Versions

	mu      sync.Mutex
	cluster string // empty: any
	nodes   map[int32]*Node
	seeds   []*Node
}

// New returns a pool for cfg, which has been validated. It reports its traffic to obs,
// which may be nil. A broker that fails one of the optional requests is not down: it is
// still sent all others.
func New(cfg kafkaconfig.Config, log *zap.Logger, obs Observer, optional ...string) (*Pool, error) {
	if obs == nil {
		obs = unobserved{}
	}
	cfg, _ = cfg.Current()
	p := &Pool{cfg: cfg, obs: obs, nodes: map[int32]*Node{}, optional: map[string]bool{}, decoding: newTurnstile()}
	for _, api := range optional {
		p.optional[api] = true
	}
	p.ctx, p.stop = context.WithCancelCause(context.Background())
	// Half of the time for a token leaves the other half to log in with it.
	p.login = sasl.NewLogin(p.ctx, &p.cfg.Auth, cfg.RequestTimeout/2)
	conf, err := saramaConfig(&p.cfg, p.login)
	if err != nil {
		return nil, err
	}
	p.conf = *conf
	if cfg.ProtocolVersion != "" {
		p.newest = kversion.FromString(conf.Version.String())
	}
	for _, address := range cfg.Brokers {
		p.seeds = append(p.seeds, newNode(p, cluster.NoBroker, address))
	}
	forwardLogs(log)
	return p, nil
}

// Start looks at what the configuration refers to: files, and a collector
// extension that hands out tokens. It does not dial. The error has a line for
// each mistake.
func (p *Pool) Start(host component.Host) error {
	mistakes := p.cfg.FileErrors(p.ctx, time.Now())
	if err := p.login.UseExtension(host); err != nil {
		mistakes = append(mistakes, err)
	}
	return errors.Join(mistakes...)
}

// Close drops all connections, and cuts those that a request hangs on.
func (p *Pool) Close() {
	p.stop(ErrClosed)
	for _, n := range p.all() {
		n.dropIdle()
	}
}

// Until returns ctx, which also ends with the pool, and what releases it.
func (p *Pool) Until(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.ctx, func() { cancel(ErrClosed) })
	if p.ctx.Err() != nil { // the function above may not have run yet
		cancel(ErrClosed)
	}
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// WithRequestTimeout gives one request its share of the time.
func (p *Pool) WithRequestTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, p.cfg.RequestTimeout, kafkaerr.ErrNoAnswer)
}

// RequestTimeout bounds each request.
func (p *Pool) RequestTimeout() time.Duration { return p.cfg.RequestTimeout }

// Patience is how long to wait for one broker before the next one is asked as well.
func (p *Pool) Patience() time.Duration { return p.cfg.RequestTimeout / 4 }

// WithPatience bounds a request that the scrape should not wait long for.
func (p *Pool) WithPatience(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, p.Patience(), kafkaerr.ErrNoAnswer)
}

// open makes a connection that is ready for requests.
func (p *Pool) open(ctx context.Context, address string) (*link, error) {
	if p.opening.Load() >= maxOpening {
		return nil, errHanging
	}
	return openLink(ctx, p, address)
}

// Begin opens a scrape: brokers and token sources that failed in the one before
// are asked again, unless they are to be left out of this one.
func (p *Pool) Begin() {
	p.login.Begin()
	for _, n := range p.all() {
		n.begin()
	}
}

// NextRound closes a scrape and opens the next one. A broker that has refused the login
// is left alone until it did so for as long as pause: attempts may lock an account.
func (p *Pool) NextRound(now time.Time, pause time.Duration) {
	p.login.Begin()
	for _, n := range p.all() {
		if !n.restsAfterRefusal(now, pause) {
			n.end()
			n.begin()
		}
	}
}

// End closes a scrape.
func (p *Pool) End() {
	for _, n := range p.all() {
		n.end()
	}
}

// Brokers lists those that SetBrokers was last given, by id.
func (p *Pool) Brokers() []*Node {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sorted()
}

// all lists every broker known, the seeds last.
func (p *Pool) all() []*Node {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(p.sorted(), p.seeds...)
}

// AllDown reports whether no broker at all has answered.
func (p *Pool) AllDown() bool {
	return !slices.ContainsFunc(p.Brokers(), func(n *Node) bool { return !n.IsDown() })
}

// Troubled reports whether a broker failed in the previous scrape.
func (p *Pool) Troubled() bool {
	return slices.ContainsFunc(p.Brokers(), func(n *Node) bool { return !n.steady() })
}

// ResetForRetry lets brokers that failed fast be asked once more in this scrape.
func (p *Pool) ResetForRetry() {
	for _, n := range p.Brokers() {
		n.resetForRetry()
	}
}

// Observe counts the errors within an answer, each code once. Errors of the request
// itself were counted when it failed.
func (p *Pool) Observe(api string, errs ...error) {
	counted := map[sarama.KError]bool{}
	for _, err := range errs {
		code, ok := err.(sarama.KError) //nolint:errorlint // one within a chain is of a login that was refused
		if ok && !counted[code] && !kafkaerr.IsUnsupported(code) {
			counted[code] = true
			p.obs.Failed(api, kafkaerr.CodeName(code))
		}
	}
}
