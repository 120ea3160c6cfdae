// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package acls tests what the receiver sees of a real Kafka with the rights
// that docs/acls.md names, and what it says where some are missing.
package acls
