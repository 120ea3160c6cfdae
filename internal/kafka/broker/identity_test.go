// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Only the cluster id of the answer is used: a peer may answer a request for no
// topics as one for all topics.
func TestIdentityBesideTopics(t *testing.T) {
	for id, want := range map[string]string{"mine": "", "another's": cluster.CodeOtherCluster} {
		fake := kafkatest.StartFake(t, 1)
		fake.Without(kmsg.DescribeCluster)
		fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
			metadata := answer.(*kmsg.MetadataResponse)
			topic := kmsg.NewMetadataResponseTopic()
			topic.Topic = new("t")
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

// The id that is reported comes from Metadata. A proxy may return a different one
// for DescribeCluster.
func TestIdentityIsThatOfTheMetadata(t *testing.T) {
	for id, want := range map[string]string{"mine": "", "another's": cluster.CodeOtherCluster} {
		fake := kafkatest.StartFake(t, 1, kfake.ClusterID(id))
		fake.Rewrite(kmsg.DescribeCluster, func(_ int32, answer kmsg.Response) {
			answer.(*kmsg.DescribeClusterResponse).ClusterID = "behind the proxy"
		})
		p, n, tally := startPool(t, fake, nil)
		p.SetCluster("mine")
		_, err := ask(p, n, groups(), countGroups)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		assert.Equal(t, want, Failure(n, APIListGroups, err).Code)
		assert.NotContains(t, tally.Requests, "ListGroups", "which was not sent")
	}
}

// The second question waits for the end of a throttle, like any other.
func TestIdentityThatIsThrottled(t *testing.T) {
	fake := kafkatest.StartFake(t, 1, kfake.ClusterID("mine"))
	fake.Rewrite(kmsg.DescribeCluster, func(_ int32, answer kmsg.Response) {
		described := answer.(*kmsg.DescribeClusterResponse)
		described.ClusterID, described.ThrottleMillis = "behind the proxy", 60_000
	})
	p, n, _ := startPool(t, fake, nil)
	p.SetCluster("mine")
	_, err := ask(p, n, groups(), countGroups)
	assert.Equal(t, cluster.CodeThrottled, Failure(n, APIListGroups, err).Code)
	assert.Equal(t, map[string]int{"ApiVersions": 1, "DescribeCluster": 1}, fake.Requests())
	assert.False(t, n.IsDown())
}

// A connection whose cluster was verified, and that was throttled for it, has served
// no request: where the first one fails, a new connection would be no better.
func TestIdentityIsNoRequestServed(t *testing.T) {
	fake := kafkatest.StartFake(t, 1, kfake.ClusterID("mine"))
	fake.Rewrite(kmsg.DescribeCluster, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.DescribeClusterResponse).ThrottleMillis = 1
	})
	fake.AnswerBytes(kmsg.ListGroups, []byte("whatever"))
	p, n, _ := startPool(t, fake, nil)
	p.SetCluster("mine")
	_, err := ask(p, n, groups(), countGroups)
	assert.Equal(t, cluster.CodeBadAnswer, Failure(n, APIListGroups, err).Code)
	assert.Equal(t, 1, fake.Dials(0))
}

// Attempts to log in may lock an account, and nothing waits for what a seed says.
func TestASeedThatRefusesTheLoginIsLeftAlone(t *testing.T) {
	fake := kafkatest.StartFake(t, 1, kfake.EnableSASL(), kfake.Superuser("PLAIN", "me", "right"))
	fake.Rewrite(kmsg.SASLAuthenticate, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.SASLAuthenticateResponse).ErrorCode = kerr.SaslAuthenticationFailed.Code
	})
	cfg := poolConfig(fake.Brokers()...)
	cfg.Auth.SASL = &sasl.Config{Mechanism: "PLAIN", Username: "me", Password: "right"}
	p, err := New(cfg, zap.NewNop(), nil)
	require.NoError(t, err)
	defer p.Close()
	p.SetCluster("mine")
	for range 10 {
		p.Begin()
		for _, seed := range p.UnverifiedSeeds() {
			ctx, cancel := p.WithRequestTimeout(t.Context())
			require.ErrorIs(t, Verify(ctx, seed), sarama.ErrSASLAuthenticationFailed)
			cancel()
		}
		p.End()
	}
	assert.Equal(t, 1, fake.Requests()["SASLAuthenticate"])
}
