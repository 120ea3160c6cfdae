// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"math"

	"github.com/IBM/sarama"
	"go.uber.org/zap"
)

// operationsUnknown is Kafka's mark for authorized operations that were not asked for,
// or that the broker does not say.
const operationsUnknown = math.MinInt32

// reportMissingACLs says once what the brokers leave out of their answers because of
// missing ACLs. They do so without a word, so that it cannot be counted: what
// one may not describe looks like what does not exist.
func (c *metadataCache) reportMissingACLs(meta *metadata) {
	if c.aclsReported {
		return
	}
	c.aclsReported = true
	if meta.allowed != operationsUnknown {
		c.describesCluster = new(may(meta.allowed, sarama.AclOperationDescribe))
	}
	if c.describesCluster != nil && !*c.describesCluster {
		c.log.Warn("This login may not describe the cluster: brokers list only the groups that it may describe one by one, "+
			"and leave the others out without an error",
			zap.String("remedy", "allow Describe on the cluster and on all topics and groups that are to be seen"))
	}
	if len(meta.topics) == 0 {
		c.log.Warn("The brokers name no topics: there are none, or this login may describe none",
			zap.String("remedy", "allow Describe on all topics that are to be seen"))
	}
}

// may reports whether operation is in a bit set of authorized operations.
func may(allowed int32, operation sarama.AclOperation) bool { return allowed&(1<<operation) != 0 }
