// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package pagediff holds the page of the exporter prometheus_page against that of
// contrib's prometheus exporter, both read by Prometheus' own parser. It is a
// module of its own, so that what these two need stays out of the receiver's.
package pagediff
