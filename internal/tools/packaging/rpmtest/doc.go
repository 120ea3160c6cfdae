// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package rpmtest opens the .rpm that deploy/package makes. The .deb is installed
// by internal/test/e2e; rpm itself is on few machines, and this needs it on none.
package rpmtest
