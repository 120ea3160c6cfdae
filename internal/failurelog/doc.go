// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package failurelog reports what went wrong in a scrape: in log lines, each of which
// is repeated after five minutes at the earliest, and in the error of the scrape. One
// goroutine at a time may use a log.
package failurelog
