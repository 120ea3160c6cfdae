// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package prometheuspage is an OpenTelemetry Collector exporter that serves
// metrics as a page for Prometheus to pull. It renders them when they arrive, and
// copies when they are pulled.
package prometheuspage
