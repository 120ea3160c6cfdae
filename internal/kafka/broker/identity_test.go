// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Of the answer that tells the cluster's id nothing else counts: a peer may take a
// request for no topics for one for all.
func TestIdentityBesideTopics(t *testing.T) {
	for id, want := range map[string]string{"mine": "", "another's": cluster.CodeOtherCluster} {
		fake := kafkatest.StartFake(t, 1)
		fake.Without(kmsg.DescribeCluster)
		fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
			metadata := answer.(*kmsg.MetadataResponse)
			topic := kmsg.NewMetadataResponseTopic()
			topic.Topic = kmsg.StringPtr("t")
			topic.Partitions = []kmsg.MetadataResponseTopicPartition{{Replicas: []int32{0}}}
			metadata.ClusterID, metadata.Topics = &id, []kmsg.MetadataResponseTopic{topic}
		})
		p, n, _ := startPool(t, fake, nil)
		p.SetCluster("mine")
		_, err := ask(p, n, groups(), countGroups)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		assert.Equal(t, want, Failure(n, APIListGroups, err).Code)
	}
}
