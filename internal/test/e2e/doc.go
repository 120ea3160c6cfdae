// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package e2e tests the whole product: the collector that `make build` built,
// run with the configs that are shipped, on an in-process or a real Kafka, and
// looked at from where its users stand: /metrics, the health endpoint, OTLP, the
// log and the exit status, and a Prometheus with the alert rules and the
// dashboard that are shipped.
package e2e
