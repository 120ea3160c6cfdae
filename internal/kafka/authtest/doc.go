// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package authtest proves every way to log in against real brokers that require
// it.
package authtest
