// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // what the collector's exporter compresses with
)

// sink is an OTLP backend that counts. It takes a collector's metrics, and the
// spans of its scrapes, with which the collector itself says how long they took.
type sink struct {
	address string // host:port
	server  *grpc.Server
	// scrapes receives each scrape when it is over.
	scrapes chan sample

	mu       sync.Mutex
	points   int
	messages int
}

// startSink serves until its close.
func startSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{
		address: l.Addr().String(),
		server:  grpc.NewServer(),
		scrapes: make(chan sample, 100),
	}
	pmetricotlp.RegisterGRPCServer(s.server, &metricsSink{s: s})
	ptraceotlp.RegisterGRPCServer(s.server, &tracesSink{s: s})
	go func() { _ = s.server.Serve(l) }() // ends with close
	return s, nil
}

func (s *sink) close() { s.server.Stop() }

// received is how many data points arrived so far, in how many messages.
func (s *sink) received() (points, messages int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.points, s.messages
}

type metricsSink struct {
	pmetricotlp.UnimplementedGRPCServer
	s *sink
}

// Export counts data points.
func (m *metricsSink) Export(_ context.Context, r pmetricotlp.ExportRequest) (pmetricotlp.ExportResponse, error) {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	m.s.points += r.Metrics().DataPointCount()
	m.s.messages++
	return pmetricotlp.NewExportResponse(), nil
}

type tracesSink struct {
	ptraceotlp.UnimplementedGRPCServer
	s *sink
}

// Export picks the scrapes out of all spans.
func (t *tracesSink) Export(_ context.Context, r ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	for _, resource := range r.Traces().ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				if isScrape(span.Name()) {
					t.s.scrapes <- timesOf(span)
				}
			}
		}
	}
	return ptraceotlp.NewExportResponse(), nil
}

// isScrape recognizes the span that the collector puts around one scrape: from just
// before the first request until the receiver hands its metrics on.
func isScrape(span string) bool {
	return strings.HasPrefix(span, "scraper/kafkalag/") && strings.HasSuffix(span, "/ScrapeMetrics")
}

func timesOf(span ptrace.Span) sample {
	began := span.StartTimestamp().AsTime()
	return sample{Began: began, Wall: span.EndTimestamp().AsTime().Sub(began)}
}
