// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Failure says that n did not answer a request of api, or only with an error.
// What that costs is for the caller to add. n is nil where no broker could be
// asked.
func Failure(n *Node, api string, err error) cluster.Failure {
	f := cluster.Failure{
		API:    api,
		Broker: cluster.NoBroker,
		Code:   kafkaerr.Code(err),
		Cause:  kafkaerr.Cause(err),
		Err:    err,
	}
	if n != nil {
		f.Broker, f.Address = n.ID, n.address
	}
	return f
}

// Retriable reports whether what n answered, or did not, may be gone after fresh
// metadata. n is nil where no broker could be asked.
func Retriable(n *Node, err error) bool { return kafkaerr.IsRetriable(err, n == nil || n.steady()) }
