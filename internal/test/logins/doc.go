// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package logins proves every way to log in against real brokers that require
// it.
package logins
