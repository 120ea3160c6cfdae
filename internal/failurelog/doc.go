// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package failurelog says what went wrong in a scrape: in lines of the log, of
// which none is repeated for five minutes, and in the error of the scrape. One
// goroutine at a time may use a log.
package failurelog
