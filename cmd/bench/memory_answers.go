// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net"
	"sort"
	"strconv"

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
		return m.metadata(r)
	case *kmsg.ListGroupsRequest:
		return m.listGroups(broker)
	case *kmsg.OffsetFetchRequest:
		return m.offsetFetch(r)
	case *kmsg.ListOffsetsRequest:
		return m.listOffsets(r)
	case *kmsg.DescribeGroupsRequest:
		return m.describeGroups(r)
	}
	return m.collectors.respond(broker, request)
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
		{kmsg.FindCoordinator, 2},
		{kmsg.JoinGroup, 5},
		{kmsg.SyncGroup, 3},
		{kmsg.Heartbeat, 3},
		{kmsg.LeaveGroup, 2},
	} {
		key := kmsg.NewApiVersionsResponseApiKey()
		key.ApiKey, key.MaxVersion = int16(offered.api), offered.newest
		answer.ApiKeys = append(answer.ApiKeys, key)
	}
	return answer
}

// metadata names all topics, or none where the request has an empty list of them.
func (m *memory) metadata(r *kmsg.MetadataRequest) kmsg.Response {
	answer := kmsg.NewPtrMetadataResponse()
	answer.ClusterID = new("in-memory")
	for id, l := range m.listeners {
		b := kmsg.NewMetadataResponseBroker()
		b.NodeID, b.Host, b.Port = int32(id), "127.0.0.1", int32(l.Addr().(*net.TCPAddr).Port)
		answer.Brokers = append(answer.Brokers, b)
	}
	if r.Topics != nil {
		return answer
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
		g.Group, g.ProtocolType, g.GroupState, g.GroupType = groupName(i), protocolType, stateOf(i), "classic"
		answer.Groups = append(answer.Groups, g)
	}
	return answer
}

func (m *memory) offsetFetch(r *kmsg.OffsetFetchRequest) kmsg.Response {
	answer := kmsg.NewPtrOffsetFetchResponse()
	for _, asked := range r.Groups {
		g := kmsg.NewOffsetFetchResponseGroup()
		g.Group = asked.Group
		group := number(asked.Group)
		for topic, partitions := range m.commitsOf(group) {
			t := kmsg.NewOffsetFetchResponseGroupTopic()
			t.Topic = topicName(topic)
			for n := range partitions {
				p := kmsg.NewOffsetFetchResponseGroupTopicPartition()
				p.Partition, p.Offset, p.Metadata = int32(n), m.committed(group, topic, n), new("")
				t.Partitions = append(t.Partitions, p)
			}
			g.Topics = append(g.Topics, t)
		}
		answer.Groups = append(answer.Groups, g)
	}
	return answer
}

// number undoes groupName and topicName.
func number(name string) int {
	n, _ := strconv.Atoi(name[len(name)-5:]) // these brokers list no other names
	return n
}

func stateOf(group int) string {
	if hasMember(group) {
		return "Stable"
	}
	return "Empty"
}

func (m *memory) listOffsets(r *kmsg.ListOffsetsRequest) kmsg.Response {
	answer := kmsg.NewPtrListOffsetsResponse()
	for _, asked := range r.Topics {
		t := kmsg.NewListOffsetsResponseTopic()
		t.Topic = asked.Topic
		for _, a := range asked.Partitions {
			p := kmsg.NewListOffsetsResponseTopicPartition()
			p.Partition, p.LeaderEpoch = a.Partition, 0
			p.Offset, p.Timestamp = m.offsetAt(number(asked.Topic), int(a.Partition), a.Timestamp)
			t.Partitions = append(t.Partitions, p)
		}
		answer.Topics = append(answer.Topics, t)
	}
	return answer
}

// offsetAt is where a partition stands at a time, or at one of the marks for
// its end (-1) and its start (-2).
func (m *memory) offsetAt(topic, partition int, at int64) (offset, timestamp int64) {
	switch {
	case at == -1:
		return int64(m.records), -1
	case at < 0:
		return 0, -1
	}
	n := sort.Search(m.records, func(n int) bool { return m.writtenAt(topic, partition, n) >= at })
	if n == m.records {
		return -1, -1
	}
	return int64(n), m.writtenAt(topic, partition, n)
}

// searches reports whether a request is about a time. There is no end of those.
func searches(request kmsg.Request) bool {
	r, ok := request.(*kmsg.ListOffsetsRequest)
	return ok && len(r.Topics) > 0 && len(r.Topics[0].Partitions) > 0 && r.Topics[0].Partitions[0].Timestamp >= 0
}

func (m *memory) describeGroups(r *kmsg.DescribeGroupsRequest) kmsg.Response {
	answer := kmsg.NewPtrDescribeGroupsResponse()
	for _, name := range r.Groups {
		g := kmsg.NewDescribeGroupsResponseGroup()
		if name == collectorsGroup {
			g.Group, g.State = name, "Dead"
			answer.Groups = append(answer.Groups, g)
			continue
		}
		group := number(name)
		g.Group, g.State, g.ProtocolType = name, stateOf(group), protocolType
		if hasMember(group) {
			g.Protocol = protocol
			member := kmsg.NewDescribeGroupsResponseGroupMember()
			member.MemberID, member.ClientID, member.ClientHost = name+"-1", name, "/127.0.0.1"
			member.ProtocolMetadata, member.MemberAssignment = m.subscription(group), m.assignment(group)
			g.Members = append(g.Members, member)
		}
		answer.Groups = append(answer.Groups, g)
	}
	return answer
}
