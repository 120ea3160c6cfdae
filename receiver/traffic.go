// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// What requests are for.
const (
	forScrapes = "scrape"
	forSearch  = "search" // for time lag, between the scrapes
)

// traffic tells the receiver's own metrics what goes to brokers and comes from
// them, as it happens. It is a [broker.Observer].
type traffic struct {
	*telemetry
	purpose        attribute.KeyValue
	sent, received metric.MeasurementOption
}

// traffic counts what is asked for that purpose.
func (t *telemetry) traffic(purpose string) *traffic {
	return &traffic{
		telemetry: t,
		purpose:   attribute.String("purpose", purpose),
		sent:      t.by(attribute.String("direction", "sent")),
		received:  t.by(attribute.String("direction", "received")),
	}
}

// Request counts a request and times it.
func (t *traffic) Request(api string, took time.Duration) {
	by := t.by(attribute.String("api", api), t.purpose)
	t.builder.KafkalagRequests.Add(context.Background(), 1, by)
	t.builder.KafkalagRequestDuration.Record(context.Background(), took.Seconds(), by)
}

// Failed counts an error.
func (t *traffic) Failed(api, code string) {
	t.builder.KafkalagRequestErrors.Add(context.Background(), 1,
		t.by(attribute.String("api", api), attribute.String("error_code", code), t.purpose))
}

// Connections counts connections.
func (t *traffic) Connections(change int) {
	t.builder.KafkalagConnections.Add(context.Background(), int64(change), t.by())
	if change > 0 {
		t.builder.KafkalagConnectionsOpened.Add(context.Background(), int64(change), t.by())
	}
}

// Transferred counts bytes.
func (t *traffic) Transferred(out, in int) {
	if out > 0 {
		t.builder.KafkalagIo.Add(context.Background(), int64(out), t.sent)
	}
	if in > 0 {
		t.builder.KafkalagIo.Add(context.Background(), int64(in), t.received)
	}
}
