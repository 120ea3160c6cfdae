// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Services that speak Kafka's protocol without being Apache Kafka offer part of
// it. The core goes on; what they lack is absent, and said once.
func TestServicesThatOfferLess(t *testing.T) {
	for name, tt := range map[string]struct {
		like    func(*kafkatest.Fake)
		lacking []string
		check   func(*testing.T, *cluster.Snapshot)
	}{
		"no log directories, as in managed services": {
			like:    func(f *kafkatest.Fake) { f.Without(kmsg.DescribeLogDirs, kmsg.ConsumerGroupDescribe) },
			lacking: []string{"DescribeLogDirs"},
			check: func(t *testing.T, s *cluster.Snapshot) {
				t.Helper()
				assert.NotNil(t, s.Topics["t0"].Config)
				assert.Empty(t, s.LogDirs)
			},
		},
		"groups are only named, brokers twice and topics without ids, as in Event Hubs": {
			like: func(f *kafkatest.Fake) {
				f.Without(kmsg.DescribeLogDirs, kmsg.DescribeConfigs, kmsg.ConsumerGroupDescribe)
				listGroupsUpTo(f, 0)
				f.ListBrokerTwice(1)
				f.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
					for i := range answer.(*kmsg.MetadataResponse).Topics {
						answer.(*kmsg.MetadataResponse).Topics[i].TopicID = [16]byte{}
					}
				})
			},
			lacking: []string{"DescribeConfigs", "DescribeLogDirs"},
			check: func(t *testing.T, s *cluster.Snapshot) {
				t.Helper()
				assert.Len(t, s.Brokers, 3)
				assert.Zero(t, s.Topics["t0"].ID)
				assert.Empty(t, s.Groups["g0"].Type)
				assert.Equal(t, "Empty", s.Groups["g0"].State)
			},
		},
		"one broker lacks what the others have, in the middle of an upgrade": {
			like: func(f *kafkatest.Fake) {
				f.Rewrite(kmsg.ApiVersions, func(broker int32, answer kmsg.Response) {
					if broker == 2 {
						versions := answer.(*kmsg.ApiVersionsResponse)
						for i, key := range versions.ApiKeys {
							if key.ApiKey == int16(kmsg.DescribeLogDirs) {
								versions.ApiKeys = append(versions.ApiKeys[:i:i], versions.ApiKeys[i+1:]...)
								return
							}
						}
					}
				})
			},
			lacking: []string{"DescribeLogDirs"},
			check: func(t *testing.T, s *cluster.Snapshot) {
				t.Helper()
				assert.Len(t, s.LogDirs, 2)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 2, 3, 4)
			tt.like(fake)
			core, logs := observer.New(zapcore.InfoLevel)
			tally := kafkatest.NewTally()
			client, err := New(kafkaconfig.Config{
				Brokers: fake.Brokers(), ClientID: "test", DialTimeout: 3 * time.Second, RequestTimeout: 5 * time.Second,
			}, zap.New(core), tally, nil)
			require.NoError(t, err)
			defer client.Close()
			ask := everything()
			ask.MinInSync, ask.TopicRetention, ask.BrokerRetention, ask.LogDirs = true, true, true, true
			for range 3 {
				s := snapshot(t, client, ask)
				requireWhole(t, s, 2, 3, 4)
				tt.check(t, s)
			}
			var lacking []string
			for _, entry := range logs.All() {
				assert.Equal(t, zapcore.InfoLevel, entry.Level)
				lacking = append(lacking, entry.ContextMap()["api"].(string))
			}
			assert.Equal(t, tt.lacking, lacking, "once each")
			assert.Empty(t, tally.Failures)
		})
	}
}
