// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"math"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// settingsAlone asks for settings and nothing else.
func settingsAlone() Request {
	return Request{Topic: anything, MinInSync: true, TopicRetention: true, BrokerRetention: true}
}

func TestSettings(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	fake.CreateTopic(t, "own", 1, 1, map[string]string{"retention.ms": "60000", "retention.bytes": "5", "min.insync.replicas": "2"})
	for i := range 30 {
		fake.CreateTopic(t, fmt.Sprintf("t%d", i), 1, 1, map[string]string{"retention.ms": "-1"})
	}
	client := newTestClient(t, fake.Brokers()...)
	fake.ResetRequests()
	for range 3 {
		s := snapshot(t, client, settingsAlone())
		assert.Empty(t, s.Failures)
		require.NotNil(t, s.Topics["own"].Config)
		assert.Equal(t, cluster.TopicConfig{MinInSync: new(int64(2)), RetentionTime: new(int64(60000)), RetentionSize: new(int64(5))}, *s.Topics["own"].Config)
		assert.Equal(t, cluster.NoLimit, *s.Topics["t7"].Config.RetentionTime)
		assert.Len(t, s.BrokerConfigs, 3)
	}
	assert.Equal(t, 3, fake.Requests()["DescribeConfigs"], "one request to each broker, then from memory")

	// What is new is asked for, and what is gone is forgotten.
	fake.CreateTopic(t, "new", 1, 1, nil)
	fake.DeleteTopic(t, "t7")
	fake.ResetRequests()
	s := snapshot(t, client, settingsAlone())
	assert.NotNil(t, s.Topics["new"].Config)
	assert.Equal(t, 1, fake.Requests()["DescribeConfigs"])
	assert.Len(t, client.memory.configs, 31+3)

	// What is old is asked for again; while that fails the old serves on.
	for _, known := range client.memory.configs {
		known.at = known.at.Add(-configAge)
	}
	fault := fake.Fail(kmsg.DescribeConfigs, kafkatest.AnyBroker, kerr.TopicAuthorizationFailed, -1)
	s = snapshot(t, client, settingsAlone())
	fault.Remove()
	require.NotEmpty(t, s.Failures)
	assert.Equal(t, "an ACL is missing: DescribeConfigs on the topic", s.Failures[0].Cause)
	assert.LessOrEqual(t, len(s.Failures), 3, "one for each broker")
	fake.ResetRequests()
	s = snapshot(t, client, settingsAlone())
	assert.NotEmpty(t, s.Failures, "a refusal holds as long as any answer")
	assert.Zero(t, fake.Requests()["DescribeConfigs"])
}

func TestUnneededSettingsAreNotRequested(t *testing.T) {
	for name, tt := range map[string]struct {
		ask  Request
		want []string
	}{
		"min.insync.replicas": {Request{MinInSync: true}, []string{"min.insync.replicas"}},
		"retention":           {Request{TopicRetention: true}, []string{"retention.ms", "retention.bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, tt.ask.resource(configResource{topic: "t"}).ConfigNames)
		})
	}
}

// A broker that is away does not keep other brokers' settings back nor, once they
// are known, its own.
func TestSettingsWithoutABroker(t *testing.T) {
	fake := seeded(t, 4, 1, 0)
	client := newImpatientClient(t, fake.Brokers()...)
	hung := fake.Hang(kmsg.DescribeConfigs, 1)
	s := snapshot(t, client, settingsAlone())
	require.Len(t, s.Failures, 1)
	assert.Equal(t, int32(1), s.Failures[0].Broker)
	assert.Len(t, s.BrokerConfigs, 2)
	hung()
	for range 2 { // it is left out of one at most
		s = snapshot(t, client, settingsAlone())
	}
	assert.Empty(t, s.Failures)
	assert.Len(t, s.BrokerConfigs, 3)
	for name, topic := range s.Topics {
		assert.NotNil(t, topic.Config, name)
	}
}

func TestDecodeSetting(t *testing.T) {
	settings := func(pairs ...string) wire.Resource {
		r := wire.Resource{Settings: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			r.Settings[pairs[i]] = pairs[i+1]
		}
		return r
	}
	broker := configResource{broker: 1}
	for name, tt := range map[string]struct {
		given wire.Resource
		want  *int64
	}{
		"hours alone":          {settings("log.retention.hours", "168", "log.retention.minutes", "", "log.retention.ms", ""), new(int64(168 * 3600_000))},
		"minutes rule hours":   {settings("log.retention.hours", "168", "log.retention.minutes", "3"), new(int64(180_000))},
		"ms rule all":          {settings("log.retention.hours", "168", "log.retention.minutes", "3", "log.retention.ms", "7"), new(int64(7))},
		"no limit":             {settings("log.retention.hours", "168", "log.retention.ms", "-1"), new(cluster.NoLimit)},
		"no limit, in hours":   {settings("log.retention.hours", "-1"), new(cluster.NoLimit)},
		"the largest there is": {settings("log.retention.ms", fmt.Sprint(math.MaxInt64)), new(int64(math.MaxInt64))},
		"more than a number":   {settings("log.retention.hours", fmt.Sprint(math.MaxInt64)), nil},
		"not given":            {settings(), nil},
		"no number":            {settings("log.retention.ms", "long"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, decodeSetting(broker, tt.given).broker.RetentionTime)
		})
	}
	refused := decodeSetting(broker, wire.Resource{Code: 31})
	require.ErrorIs(t, refused.err, sarama.ErrClusterAuthorizationFailed)
	assert.Equal(t, &cluster.TopicConfig{}, decodeSetting(configResource{topic: "t"}, settings()).topic)
}
