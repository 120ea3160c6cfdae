// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package probe is the kafkaprobe receiver: it writes a small record to every broker of
// a Kafka cluster, reads it back, and reports how long that took.
package probe
