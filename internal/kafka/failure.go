// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// failure says that n did not answer a request of api, or only with an error.
// What that costs is for the caller to add. n is nil where no broker could be
// asked.
func failure(n *node, api string, err error) cluster.Failure {
	f := cluster.Failure{
		API:    api,
		Broker: cluster.NoBroker,
		Code:   codeOf(err),
		Cause:  causeOf(err),
		Err:    err,
	}
	if n != nil {
		f.Broker, f.Address = n.id, n.address
	}
	return f
}

// passing reports whether what n answered, or did not, may be gone after fresh
// metadata. n is nil where no broker could be asked.
func passing(n *node, err error) bool { return retriable(err, n == nil || n.steady()) }
