// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package check is what kafkalag-check does: it reads a collector's configuration,
// scrapes once as each receiver kafkalag in it would, and says what that came to.
package check
