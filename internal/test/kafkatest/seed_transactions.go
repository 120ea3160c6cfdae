// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// OpenTransaction adds a small record for each time to the partition, the producer's
// own where that is zero, in a transaction that ends with a call to end.
func (s Seed) OpenTransaction(t testing.TB, topic string, partition int32, times ...time.Time) (end func(kgo.TransactionEndTry)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), seedLimit)
	defer cancel()
	client := s.client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.TransactionalID(topic+"-open"), kgo.TransactionTimeout(10*time.Minute))
	t.Cleanup(client.Close)
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, at := range times {
		record := &kgo.Record{Topic: topic, Partition: partition, Value: []byte("v"), Timestamp: at}
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	return func(how kgo.TransactionEndTry) {
		ctx, cancel := context.WithTimeout(t.Context(), seedLimit)
		defer cancel()
		if err := client.EndTransaction(ctx, how); err != nil {
			t.Fatal(err)
		}
	}
}

// HangTransaction adds a small record for each time to the partition, in a
// transaction that no coordinator knows, and so none ends: the broker needs
// transaction.partition.verification.enable=false. A call to abort does what an
// administrator would do about it.
func (s Seed) HangTransaction(t testing.TB, topic string, partition int32, times ...time.Time) (abort func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), seedLimit)
	defer cancel()
	// Later versions of Produce tell the coordinator.
	versions := kversion.Stable()
	versions.SetMaxKeyVersion(kmsg.Produce.Int16(), 11)
	client := s.client(t, kgo.MaxVersions(versions))
	defer client.Close()
	id, err := newProducerID(ctx, client)
	if err != nil {
		t.Fatal(err)
	}
	topics, err := kadm.NewClient(client).ListTopics(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	request := newProduceRequest(topic, partition, transactionalBatch(id, times))
	answer, err := request.RequestWith(ctx, client.Broker(int(topics[topic].Partitions[partition].Leader)))
	if err == nil {
		err = kerr.ErrorForCode(answer.Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		marker := kadm.TxnMarkers{ProducerID: id, Topics: kadm.TopicsSet{}}
		marker.Topics.Add(topic, partition)
		s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
			answers, err := admin.WriteTxnMarkers(ctx, marker)
			answers.Each(func(of kadm.TxnMarkersResponse) {
				of.Topics.EachPartition(func(p kadm.TxnMarkersPartitionResponse) { err = errors.Join(err, p.Err) })
			})
			return err
		})
	}
}

// newProducerID returns one that is in no transaction.
func newProducerID(ctx context.Context, client *kgo.Client) (int64, error) {
	answer, err := kmsg.NewPtrInitProducerIDRequest().RequestWith(ctx, client)
	if err != nil {
		return 0, err
	}
	return answer.ProducerID, kerr.ErrorForCode(answer.ErrorCode)
}

func newProduceRequest(topic string, partition int32, records []byte) *kmsg.ProduceRequest {
	request := kmsg.NewPtrProduceRequest()
	request.TransactionID = new(topic + "-hanging")
	request.Acks = -1
	request.TimeoutMillis = int32(seedLimit.Milliseconds())
	of := kmsg.NewProduceRequestTopicPartition()
	of.Partition, of.Records = partition, records
	in := kmsg.NewProduceRequestTopic()
	in.Topic, in.Partitions = topic, []kmsg.ProduceRequestTopicPartition{of}
	request.Topics = append(request.Topics, in)
	return request
}

// transactionalBatch is a batch with a record for each time.
func transactionalBatch(producerID int64, times []time.Time) []byte {
	const transactional = 1 << 4
	batch := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1, Magic: 2, Attributes: transactional, ProducerID: producerID,
		LastOffsetDelta: int32(len(times) - 1), NumRecords: int32(len(times)), FirstTimestamp: times[0].UnixMilli(),
	}
	for i, at := range times {
		record := kmsg.Record{TimestampDelta64: at.UnixMilli() - batch.FirstTimestamp, OffsetDelta: int32(i), Value: []byte("v")}
		record.Length = int32(len(record.AppendTo(nil)) - 1) // a length of 0 takes one byte
		batch.Records = record.AppendTo(batch.Records)
		batch.MaxTimestamp = max(batch.MaxTimestamp, at.UnixMilli())
	}
	const beforeLength, beforeCRC, afterCRC = 8, 17, 21
	frame := batch.AppendTo(nil)
	binary.BigEndian.PutUint32(frame[beforeLength:], uint32(len(frame)-beforeLength-4))
	binary.BigEndian.PutUint32(frame[beforeCRC:], crc32.Checksum(frame[afterCRC:], crc32.MakeTable(crc32.Castagnoli)))
	return frame
}
