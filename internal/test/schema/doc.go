// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package schema derives config/kafkalag.schema.json from the types that the
// receivers and the exporter decode their keys into: editors complete and check a
// collector's configuration by it. Its library is no dependency of the components;
// that is why it is a module of its own.
package schema
