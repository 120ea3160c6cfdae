// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"errors"

	"github.com/IBM/sarama"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// unsupported tells whether a broker does not know a request, which it said in
// its answer or, more often, when the protocol was negotiated. The request was
// then never sent.
func unsupported(err error) bool { return errors.Is(err, sarama.ErrUnsupportedVersion) }

// tellLacking says, once for each request, that a broker does not offer it.
func (c *Client) tellLacking(f cluster.Failure) {
	if c.lacking[f.API] {
		return
	}
	c.lacking[f.API] = true
	c.log.Info("Brokers do not offer a request of Kafka's protocol: the metrics that need it are absent",
		zap.String("api", f.API), zap.Int32("broker", f.Broker), zap.String("address", f.Address))
}
