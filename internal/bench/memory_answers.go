// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// respond makes the answer to a request, of a cluster whose groups and
// partitions are dealt out to the brokers in turn. It is nil for an API that no
// scrape uses.
func (m *memory) respond(broker int32, request kmsg.Request) kmsg.Response {
	switch r := request.(type) {
	case *kmsg.ApiVersionsRequest:
		return m.apiVersions()
	case *kmsg.MetadataRequest:
		return m.metadata()
	case *kmsg.ListGroupsRequest:
		return m.listGroups(broker)
	case *kmsg.OffsetFetchRequest:
		return m.offsetFetch(r)
	case *kmsg.ListOffsetsRequest:
		return listOffsets(r)
	case *kmsg.DescribeGroupsRequest:
		return describeGroups(r)
	}
	return nil
}

// apiVersions offers what Kafka 4 does.
func (*memory) apiVersions() kmsg.Response {
	answer := kmsg.NewPtrApiVersionsResponse()
	for _, offered := range []struct {
		api    kmsg.Key
		newest int16
	}{
		{kmsg.ApiVersions, 3},
		{kmsg.Metadata, 12},
		{kmsg.ListGroups, 5},
		{kmsg.OffsetFetch, 8},
		{kmsg.ListOffsets, 8},
		{kmsg.DescribeGroups, 5},
	} {
		key := kmsg.NewApiVersionsResponseApiKey()
		key.ApiKey, key.MaxVersion = int16(offered.api), offered.newest
		answer.ApiKeys = append(answer.ApiKeys, key)
	}
	return answer
}

func (m *memory) metadata() kmsg.Response {
	answer := kmsg.NewPtrMetadataResponse()
	answer.ClusterID = new("in-memory")
	for id, l := range m.listeners {
		b := kmsg.NewMetadataResponseBroker()
		b.NodeID, b.Host, b.Port = int32(id), "127.0.0.1", int32(l.Addr().(*net.TCPAddr).Port)
		answer.Brokers = append(answer.Brokers, b)
	}
	for i := range m.topics {
		t := kmsg.NewMetadataResponseTopic()
		t.Topic = new(topicName(i))
		t.TopicID[0], t.TopicID[1], t.TopicID[2], t.TopicID[15] = byte(i>>16), byte(i>>8), byte(i), 1
		for n := range m.partitionsOf(i) {
			p := kmsg.NewMetadataResponseTopicPartition()
			p.Partition, p.Leader = int32(n), int32((i+n)%m.brokers)
			for r := range m.replicas {
				p.Replicas = append(p.Replicas, int32((i+n+r)%m.brokers))
			}
			p.ISR = p.Replicas
			t.Partitions = append(t.Partitions, p)
		}
		answer.Topics = append(answer.Topics, t)
	}
	return answer
}

func (m *memory) listGroups(broker int32) kmsg.Response {
	answer := kmsg.NewPtrListGroupsResponse()
	for i := int(broker); i < m.groups; i += m.brokers {
		g := kmsg.NewListGroupsResponseGroup()
		g.Group, g.ProtocolType, g.GroupState, g.GroupType = groupName(i), "consumer", "Empty", "classic"
		answer.Groups = append(answer.Groups, g)
	}
	return answer
}

func (m *memory) offsetFetch(r *kmsg.OffsetFetchRequest) kmsg.Response {
	answer := kmsg.NewPtrOffsetFetchResponse()
	for _, asked := range r.Groups {
		g := kmsg.NewOffsetFetchResponseGroup()
		g.Group = asked.Group
		for topic, partitions := range m.commitsOf(groupNumber(asked.Group)) {
			t := kmsg.NewOffsetFetchResponseGroupTopic()
			t.Topic = topicName(topic)
			for n := range partitions {
				p := kmsg.NewOffsetFetchResponseGroupTopicPartition()
				p.Partition, p.Offset, p.Metadata = int32(n), committedOffset, new("")
				t.Partitions = append(t.Partitions, p)
			}
			g.Topics = append(g.Topics, t)
		}
		answer.Groups = append(answer.Groups, g)
	}
	return answer
}

// groupNumber undoes groupName.
func groupNumber(name string) int {
	n, _ := strconv.Atoi(name[len(name)-5:]) // these brokers list no other names
	return n
}

func listOffsets(r *kmsg.ListOffsetsRequest) kmsg.Response {
	answer := kmsg.NewPtrListOffsetsResponse()
	for _, asked := range r.Topics {
		t := kmsg.NewListOffsetsResponseTopic()
		t.Topic = asked.Topic
		for _, a := range asked.Partitions {
			p := kmsg.NewListOffsetsResponseTopicPartition()
			p.Partition, p.LeaderEpoch = a.Partition, 0
			p.Offset, p.Timestamp = offsetAt(a.Timestamp)
			t.Partitions = append(t.Partitions, p)
		}
		answer.Topics = append(answer.Topics, t)
	}
	return answer
}

// recordedAt is when the one record of each partition was written, in
// milliseconds.
var recordedAt = time.Now().Add(-time.Hour).UnixMilli()

// offsetAt is where a partition stands at a time, or at one of the marks for
// its end (-1) and its start (-2).
func offsetAt(at int64) (offset, timestamp int64) {
	switch {
	case at == -1:
		return endOffset, -1
	case at < 0:
		return 0, -1
	case at <= recordedAt:
		return 0, recordedAt
	}
	return -1, -1
}

// searches tells whether a request is about a time. There is no end of those.
func searches(request kmsg.Request) bool {
	r, ok := request.(*kmsg.ListOffsetsRequest)
	return ok && len(r.Topics) > 0 && len(r.Topics[0].Partitions) > 0 && r.Topics[0].Partitions[0].Timestamp >= 0
}

func describeGroups(r *kmsg.DescribeGroupsRequest) kmsg.Response {
	answer := kmsg.NewPtrDescribeGroupsResponse()
	for _, name := range r.Groups {
		g := kmsg.NewDescribeGroupsResponseGroup()
		g.Group, g.State, g.ProtocolType = name, "Empty", "consumer"
		answer.Groups = append(answer.Groups, g)
	}
	return answer
}
