// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// An address that the cluster advertises and nobody configured leads nowhere.
func TestCauseOfAnAdvertisedAddress(t *testing.T) {
	for name, readdress := range map[string]func(*kmsg.MetadataResponseBroker){
		"nobody listens": func(b *kmsg.MetadataResponseBroker) { b.Port = 1 },
		"no such name":   func(b *kmsg.MetadataResponseBroker) { b.Host = "kafka-1.invalid" },
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 3, 3)
			fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
				for i := range answer.(*kmsg.MetadataResponse).Brokers {
					if b := &answer.(*kmsg.MetadataResponse).Brokers[i]; b.NodeID == 1 {
						readdress(b)
					}
				}
			})
			s := snapshot(t, newTestClient(t, fake.Brokers()[0]), everything())
			require.NotEmpty(t, s.Failures)
			for _, f := range s.Failures {
				assert.Equal(t, int32(1), f.Broker)
				assert.Equal(t, kafkaerr.CauseAdvertised, f.Cause)
			}
		})
	}
}

// A broker that was there a moment ago does not advertise a wrong address.
func TestCauseOfABrokerThatWentDown(t *testing.T) {
	fake := seeded(t, 1, 3, 3)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	snapshot(t, client, everything())
	proxies[1].Close()
	s := snapshot(t, client, everything())
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Equal(t, "nothing listens there: the broker is down, or the port is another", f.Cause)
	}
}

func TestCauseOfAController(t *testing.T) {
	fake := seeded(t, 1, 1, 0)
	fake.Without(kmsg.Metadata)
	s, err := tryScrape(t, newTestClient(t, fake.Brokers()[0]))
	require.Error(t, err)
	assert.Equal(t, kafkaerr.CauseController, s.Failures[0].Cause)
}

// A broker hangs up on connections beyond a limit, and answers on the others.
func TestCauseOfTooManyConnections(t *testing.T) {
	fake := seeded(t, 1, 3, 30)
	oneGroupEach(fake) // on several connections
	fake.Slow(kmsg.OffsetFetch, 1, 50*time.Millisecond)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	proxies[1].Limit(1)
	s := snapshot(t, client, everything())
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Equal(t, kafkaerr.CauseTooManyConnections, f.Cause)
	}

	proxies[1].Refuse()
	s = snapshot(t, newTestClient(t, proxies[0].Addr()), everything())
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Contains(t, f.Cause, "it closed the connection before any answer")
		assert.Contains(t, f.Cause, "max.connections.per.ip")
	}
}

// TestIntegrationControllerAsSeed asks a real controller.
func TestIntegrationControllerAsSeed(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{})
	s, err := tryScrape(t, newTestClient(t, kafka.Broker(1).Controller()))
	require.Error(t, err)
	assert.Equal(t, kafkaerr.CauseController, s.Failures[0].Cause)
}

// A login that the broker does not support makes it no controller.
func TestAnUnsupportedLoginIsNoController(t *testing.T) {
	client := newTestClient(t, kafkatest.StartFake(t, 1).Brokers()...)
	snapshot(t, client, everything()) // so that the broker is known
	f := broker.Failure(client.pool.Brokers()[0], broker.APIMetadata, &kafkaerr.OpenError{Err: sarama.ErrUnsupportedVersion, Reached: true})
	assert.NotEqual(t, kafkaerr.CauseController, f.Cause)
}
