// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

// Types of groups, as ListGroups names them in lower case.
const (
	TypeClassic  = "classic"
	TypeConsumer = "consumer"
	TypeShare    = "share"
	TypeStreams  = "streams"
)
