// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// withTransactions asks for ends, and for what open transactions hold back.
func withTransactions(committed bool) Request {
	return Request{Topic: anything, Ends: Everywhere, Committed: committed, Transactions: true}
}

// held is a cluster with a partition of 9 records, of which a transaction that is
// open holds back the last 4, and one of 5 records.
func held(t *testing.T, options ...kfake.Opt) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 1, options...)
	fake.CreateTopic(t, "t", 2, 1, nil)
	fake.ProduceEach(t, "t", 5, 5)
	fake.ProduceInOpenTransaction(t, "t", 0, 3)
	fake.Produce(t, "t", 0, 1)
	return fake
}

// failEnds has the broker answer questions for the end at an isolation level with an
// error.
func failEnds(t *testing.T, fake *kafkatest.Fake, level int8, code *kerr.Error) {
	t.Helper()
	fake.Kfake.ControlKey(kmsg.ListOffsets.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		fake.Kfake.KeepControl()
		asked := request.(*kmsg.ListOffsetsRequest)
		if asked.IsolationLevel != level {
			return nil, nil, false
		}
		answer := asked.ResponseKind().(*kmsg.ListOffsetsResponse)
		for _, topic := range asked.Topics {
			of := kmsg.NewListOffsetsResponseTopic()
			of.Topic = topic.Topic
			for _, p := range topic.Partitions {
				failed := kmsg.NewListOffsetsResponseTopicPartition()
				failed.Partition, failed.ErrorCode = p.Partition, code.Code
				of.Partitions = append(of.Partitions, failed)
			}
			answer.Topics = append(answer.Topics, of)
		}
		return answer, nil, true
	})
}

// The end that a scrape asks for anyway is not asked for twice, whichever it is.
func TestTransactions(t *testing.T) {
	fake := held(t)
	for committed, end := range map[bool]cluster.Offset{false: 9, true: 5} {
		client := newTestClient(t, fake.Brokers()...)
		snapshot(t, client, withTransactions(committed))
		fake.ResetRequests()
		s := snapshot(t, client, withTransactions(committed))
		assert.Empty(t, s.Failures)
		assert.Equal(t, 2, fake.Requests()["ListOffsets"], "committed: %v", committed)
		open, plain := s.Topics["t"].Partitions[0], s.Topics["t"].Partitions[1]
		assert.Equal(t, []cluster.Offset{end, 5, 9, 4}, []cluster.Offset{open.End, open.LastStable, open.HighWatermark, open.LastStableGap()})
		assert.Equal(t, []cluster.Offset{5, 5, 5, 0}, []cluster.Offset{plain.End, plain.LastStable, plain.HighWatermark, plain.LastStableGap()})

		fake.ResetRequests()
		ask := withTransactions(committed)
		ask.Transactions = false
		s = snapshot(t, client, ask)
		assert.Equal(t, 1, fake.Requests()["ListOffsets"], "committed: %v", committed)
		assert.Equal(t, cluster.Unknown, s.Topics["t"].Partitions[0].LastStableGap())
	}
}

// One of the two ends without the other is no gap; ends as such are whole.
func TestTransactionsOfAnEndThatIsNotLearned(t *testing.T) {
	const uncommitted, committed = 0, 1
	for name, tt := range map[string]struct {
		committed bool
		level     int8
		end       cluster.Offset
	}{
		"the last stable offset, beside the end":       {false, committed, 9},
		"the end that it would be held against":        {false, uncommitted, cluster.Unknown},
		"the end, beside the last stable offset":       {true, uncommitted, 5},
		"the last stable offset, which is the end too": {true, committed, cluster.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			fake := held(t)
			failEnds(t, fake, tt.level, kerr.UnknownServerError)
			s := snapshot(t, newTestClient(t, fake.Brokers()...), withTransactions(tt.committed))
			require.Len(t, s.Failures, 1)
			assert.Equal(t, "UNKNOWN_SERVER_ERROR", s.Failures[0].Code)
			assert.Equal(t, 2, s.Failures[0].Partitions)
			assert.Equal(t, tt.end, s.Topics["t"].Partitions[0].End)
			assert.Equal(t, cluster.Unknown, s.Topics["t"].Partitions[0].LastStableGap())
		})
	}
}

// A partition that fails for both ends has failed once.
func TestTransactionsOfALeaderThatFails(t *testing.T) {
	fake := held(t)
	fake.Fail(kmsg.ListOffsets, kafkatest.AnyBroker, kerr.UnknownServerError, -1)
	for _, committed := range []bool{false, true} {
		s := snapshot(t, newTestClient(t, fake.Brokers()...), withTransactions(committed))
		require.Len(t, s.Failures, 1)
		assert.Equal(t, 2, s.Failures[0].Partitions)
	}
}

// The leader moves meanwhile.
func TestTransactionsAreAskedAgain(t *testing.T) {
	for _, committed := range []bool{false, true} {
		fake := held(t)
		fake.Fail(kmsg.ListOffsets, kafkatest.AnyBroker, kerr.NotLeaderForPartition, 1)
		s := snapshot(t, newTestClient(t, fake.Brokers()...), withTransactions(committed))
		assert.Empty(t, s.Failures)
		assert.Equal(t, cluster.Offset(4), s.Topics["t"].Partitions[0].LastStableGap())
	}
}

// Brokers before 0.11 are asked for no more than without: they have no transactions,
// and would answer with the end of the log.
func TestTransactionsOfOldBrokers(t *testing.T) {
	old := kversion.Stable()
	old.SetMaxKeyVersion(kmsg.ListOffsets.Int16(), firstWithIsolation-1)
	fake := held(t, kfake.MaxVersions(old))
	for _, committed := range []bool{false, true} {
		core, lines := observer.New(zap.InfoLevel)
		client, err := New(testConfig(fake.Brokers()...), zap.New(core), nil, nil)
		require.NoError(t, err)
		t.Cleanup(client.Close)
		for range 3 {
			fake.ResetRequests()
			s := snapshot(t, client, withTransactions(committed))
			assert.Empty(t, s.Failures)
			assert.Equal(t, 1, fake.Requests()["ListOffsets"])
			for _, p := range s.Topics["t"].Partitions {
				assert.True(t, p.End.Known())
				assert.Equal(t, cluster.None, p.LastStableGap())
			}
		}
		assert.Equal(t, 1, lines.FilterMessageSnippet("know no transactions").Len())
	}
}
