// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package selfmetrics

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// What requests are for.
const (
	ForScrapes = "scrape"
	ForSearch  = "search" // for time lag, between the scrapes
	// ForCoordination is the membership in a group of collectors.
	ForCoordination = "coordination"
)

// Traffic counts what goes to brokers and comes from them, as it happens. It may be
// used by several goroutines at once.
type Traffic struct {
	*Metrics

	purpose        attribute.KeyValue
	sent, received metric.MeasurementOption
}

// Traffic returns the counters of the requests for a purpose.
func (m *Metrics) Traffic(purpose string) *Traffic {
	return &Traffic{
		Metrics:  m,
		purpose:  attribute.String("purpose", purpose),
		sent:     m.by(attribute.String("direction", "sent")),
		received: m.by(attribute.String("direction", "received")),
	}
}

// Request counts a request and times it.
func (t *Traffic) Request(api string, took time.Duration) {
	by := t.by(attribute.String("api", api), t.purpose)
	t.builder.KafkalagRequests.Add(context.Background(), 1, by)
	t.builder.KafkalagRequestDuration.Record(context.Background(), took.Seconds(), by)
}

// Failed counts an error.
func (t *Traffic) Failed(api, code string) {
	t.builder.KafkalagRequestErrors.Add(context.Background(), 1,
		t.by(attribute.String("api", api), attribute.String("error_code", code), t.purpose))
}

// Connections counts connections.
func (t *Traffic) Connections(change int) {
	t.builder.KafkalagConnections.Add(context.Background(), int64(change), t.by())
	if change > 0 {
		t.builder.KafkalagConnectionsOpened.Add(context.Background(), int64(change), t.by())
	}
}

// Transferred counts bytes.
func (t *Traffic) Transferred(out, in int) {
	if out > 0 {
		t.builder.KafkalagIo.Add(context.Background(), int64(out), t.sent)
	}
	if in > 0 {
		t.builder.KafkalagIo.Add(context.Background(), int64(in), t.received)
	}
}
