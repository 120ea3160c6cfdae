// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// maxCalls bounds the calls under way, those included that were given up on but
// have not ended: they wait for something that cutting a connection does not
// end.
const maxCalls = 2048

var (
	errClosed  = errors.New("the client is closed")
	errHanging = errors.New("not dialed: too many earlier calls still hang")
)

// pool is the brokers of one cluster: connections, logins, and which of them are
// worth asking. It knows the seeds that are configured, and the brokers that
// setBrokers was last given. Requests go through [ask]. It never dials before
// the first one. Any goroutine may use it.
type pool struct {
	cfg      Config
	conf     sarama.Config
	obs      Observer
	login    *login
	optional map[string]bool
	ctx      context.Context //nolint:containedctx // ends with close
	stop     context.CancelCauseFunc
	calls    atomic.Int64

	mu    sync.Mutex
	nodes map[int32]*node
	seeds []*node
}

// newPool returns the brokers that cfg, which has been validated, leads to. Its
// traffic is reported to obs, which may be nil. A broker that fails one of the
// optional requests is asked everything else all the same.
func newPool(cfg Config, log *zap.Logger, obs Observer, optional ...string) (*pool, error) {
	if obs == nil {
		obs = unobserved{}
	}
	cfg, _ = cfg.current()
	p := &pool{cfg: cfg, obs: obs, nodes: map[int32]*node{}, optional: map[string]bool{}}
	for _, api := range optional {
		p.optional[api] = true
	}
	p.ctx, p.stop = context.WithCancelCause(context.Background())
	// Half of the time for a token leaves the other half to log in with it.
	p.login = newLogin(p.ctx, &p.cfg.Auth, cfg.RequestTimeout/2)
	conf, err := saramaConfig(&p.cfg, p.login)
	if err != nil {
		return nil, err
	}
	p.conf = *conf
	for _, address := range cfg.Brokers {
		p.seeds = append(p.seeds, &node{pool: p, id: cluster.NoBroker, address: address})
	}
	forwardLogs(log)
	return p, nil
}

// start looks at what the configuration refers to: files, and a collector
// extension that hands out tokens. It does not dial. The error has a line for
// each mistake.
func (p *pool) start(host component.Host) error {
	mistakes := p.cfg.fileMistakes(p.ctx, time.Now())
	if err := p.login.useExtension(host); err != nil {
		mistakes = append(mistakes, err)
	}
	return errors.Join(mistakes...)
}

// close drops all connections, and cuts those that a request hangs on.
func (p *pool) close() {
	p.stop(errClosed)
	for _, n := range p.all() {
		n.dropIdle()
	}
}

// until returns ctx, which also ends with the pool, and what releases it.
func (p *pool) until(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.ctx, func() { cancel(errClosed) }) //nolint:contextcheck // the pool's own end
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// withRequestTimeout gives one request its share of the time.
func (p *pool) withRequestTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, p.cfg.RequestTimeout, errNoAnswer)
}

// requestTimeout bounds each request.
func (p *pool) requestTimeout() time.Duration { return p.cfg.RequestTimeout }

// version is the newest protocol that requests may use. The library lowers it
// to what each broker knows.
func (p *pool) version() sarama.KafkaVersion { return p.conf.Version }

// open makes a connection that is ready for requests.
func (p *pool) open(ctx context.Context, address string) (*link, error) {
	if p.calls.Load() >= maxCalls {
		return nil, errHanging
	}
	return openLink(ctx, p, address)
}

// begin opens a scrape: brokers and token sources that failed in the one before
// are asked again, unless they are to be left out of this one.
func (p *pool) begin() {
	p.login.begin()
	for _, n := range p.all() {
		n.begin()
	}
}

// end closes a scrape.
func (p *pool) end() {
	for _, n := range p.all() {
		n.end()
	}
}

// brokers lists those that setBrokers was last given, by id.
func (p *pool) brokers() []*node {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sorted()
}

// all lists every broker known, the seeds last.
func (p *pool) all() []*node {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(p.sorted(), p.seeds...)
}

// allDown reports whether no broker at all has answered.
func (p *pool) allDown() bool {
	return !slices.ContainsFunc(p.brokers(), func(n *node) bool { return !n.isDown() })
}

// troubled reports whether a broker failed in the scrape before.
func (p *pool) troubled() bool {
	return slices.ContainsFunc(p.brokers(), func(n *node) bool { return !n.steady() })
}

// resetForRetry lets brokers that failed fast be asked once more in this scrape.
func (p *pool) resetForRetry() {
	for _, n := range p.brokers() {
		n.resetForRetry()
	}
}

// observe tells of errors within an answer, each code once. What broke the
// request itself was told of when it was sent.
func (p *pool) observe(api string, errs ...error) {
	told := map[sarama.KError]bool{}
	for _, err := range errs {
		code, ok := err.(sarama.KError) //nolint:errorlint // one within a chain is of a login that was refused
		if ok && !told[code] && !unsupported(code) {
			told[code] = true
			p.obs.Failed(api, codeName(code))
		}
	}
}
