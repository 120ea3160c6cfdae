// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
)

// pageExporter renders what arrives and serves it.
type pageExporter struct {
	config      *Config
	set         exporter.Settings
	telemetry   *telemetry
	complaints  *complaints
	translation *translation
	store       *store
	pages       *pages
	renderers   sync.Pool

	server  *http.Server
	arrived chan struct{} // has room for one: something has
	stop    context.CancelFunc
	running sync.WaitGroup
}

func newExporter(set exporter.Settings, c *Config) (*pageExporter, error) {
	t, err := newTelemetry(set)
	if err != nil {
		return nil, err
	}
	e := &pageExporter{
		config:      c,
		set:         set,
		telemetry:   t,
		complaints:  newComplaints(set.Logger),
		translation: newTranslation(c),
		store:       newStore(c.ExactExpiry, c.MetricExpiration),
		arrived:     make(chan struct{}, 1),
	}
	e.pages = &pages{store: e.store, composed: e.composed, now: time.Now, forms: map[form]*prepared{}}
	e.renderers.New = func() any { return &renderer{t: e.translation} }
	return e, nil
}

func (e *pageExporter) newHandler() *handler {
	return &handler{
		path:        e.config.Path,
		openMetrics: e.config.EnableOpenMetrics,
		limit:       e.config.ServerConfig.WriteTimeout,
		pages:       e.pages,
		telemetry:   e.telemetry,
		pulls:       make(chan struct{}, maxPulls),
	}
}

// start listens, and prepares pages in the background.
func (e *pageExporter) start(ctx context.Context, host component.Host) error {
	server, err := e.config.ServerConfig.ToServer(ctx, host.GetExtensions(), e.set.TelemetrySettings, e.newHandler())
	if err != nil {
		return err
	}
	listener, err := listen(ctx, &e.config.ServerConfig)
	if err != nil {
		return err
	}
	e.server = server
	e.set.Logger.Info("Serving metrics", zap.Stringer("address", listener.Addr()), zap.String("path", e.config.Path))
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = stop
	e.running.Go(func() { e.serve(listener, host) })
	e.running.Go(func() { e.attend(background) })
	return nil
}

// listen opens the endpoint. Certificates are read first: confighttp's own way
// leaves the port open when they cannot be.
func listen(ctx context.Context, c *confighttp.ServerConfig) (net.Listener, error) {
	var secured *tls.Config
	if c.TLS.HasValue() {
		loaded, err := c.TLS.Get().LoadTLSConfig(ctx)
		if err != nil {
			return nil, fmt.Errorf("%q cannot be used: %w", "tls", err)
		}
		loaded.NextProtos = []string{"h2", "http/1.1"}
		secured = loaded
	}
	listener, err := c.NetAddr.Listen(ctx)
	if err != nil {
		return nil, fmt.Errorf("%q is %q: must be free to listen on: %w", "endpoint", c.NetAddr.Endpoint, err)
	}
	if secured != nil {
		listener = tls.NewListener(listener, secured)
	}
	return listener, nil
}

// serve answers until the server is shut down. Any other end is one of the
// collector.
func (e *pageExporter) serve(listener net.Listener, host component.Host) {
	if err := e.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(err))
	}
}

// consume renders a message. The message is not kept.
func (e *pageExporter) consume(ctx context.Context, md pmetric.Metrics) error {
	start, points := time.Now(), md.DataPointCount()
	r := e.renderers.Get().(*renderer)
	defer e.renderers.Put(r)
	r.lost = losses{}
	parts := newMessage()
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			o, err := newOrigin(e.translation, rm, sm)
			if err != nil {
				r.lost.add(err, sm.Scope().Name())
				continue
			}
			// With exact expiry, a scope without metrics says that what it sent before is over.
			over := e.store.exact && sm.Metrics().Len() == 0
			if p := r.render(o, sm.Metrics(), start); !p.empty() || over {
				parts.add(o.id, p)
			}
		}
	}
	for _, p := range parts.finish() {
		e.store.add(p.id, p.part)
	}
	for why, metric := range r.lost {
		e.complaints.about(why, metric)
	}
	e.telemetry.rendered(ctx, points, time.Since(start))
	select {
	case e.arrived <- struct{}{}:
	default: // known already
	}
	return nil
}

// composed reports a new page.
func (e *pageExporter) composed(ctx context.Context, p *page, took time.Duration, conflicts []conflict) {
	e.telemetry.composed(ctx, p, took)
	for _, c := range conflicts {
		e.complaints.about(c.message, c.metric)
	}
}

const (
	// calm is how long nothing has to arrive before pages are prepared: what is
	// split over many messages is put together once.
	calm = 100 * time.Millisecond
	// tick is how often expired series are removed.
	tick = time.Second
)

// attend prepares pages when messages have arrived, and lets what is old go,
// whether anybody pulls or not.
func (e *pageExporter) attend(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	settled := time.NewTimer(calm)
	defer settled.Stop()
	for {
		select {
		case <-e.arrived:
			settled.Reset(calm)
		case <-settled.C:
			e.pages.prepare(ctx)
		case now := <-ticker.C:
			e.store.expire(now)
			e.pages.prepare(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// farewell is how long a client may go on reading when the exporter stops.
const farewell = time.Second

// shutdown stops serving. It does not wait for slow clients.
func (e *pageExporter) shutdown(ctx context.Context) error {
	defer e.telemetry.shutdown()
	if e.server == nil { // never started
		return nil
	}
	e.stop()
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	err := e.server.Shutdown(ctx)
	if err != nil {
		err = e.server.Close()
	}
	e.running.Wait()
	return err
}
