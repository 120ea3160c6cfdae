// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"encoding/binary"
	"maps"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Rewrite changes every answer to the API from now on, as it leaves the broker:
//
//	fake.Rewrite(kmsg.Metadata, func(broker int32, answer kmsg.Response) {
//		answer.(*kmsg.MetadataResponse).Brokers = nil
//	})
func (f *Fake) Rewrite(api kmsg.Key, change func(broker int32, answer kmsg.Response)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rewrites = append(slices.Clip(f.rewrites), rewrite{api, change})
}

// Honest ends all rewriting.
func (f *Fake) Honest() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rewrites, f.reframes = nil, nil
}

// AnswerBytes has every answer to the API consist of these bytes, whatever was
// asked, after a head that is right.
func (f *Fake) AnswerBytes(api kmsg.Key, body []byte) {
	f.reframe(api, func(_ int32, head, _ []byte) []byte { return join(head, body) })
}

// AnswerFrame has every answer to the API be these bytes, head and all.
func (f *Fake) AnswerFrame(api kmsg.Key, frame []byte) {
	f.reframe(api, func(int32, []byte, []byte) []byte { return frame })
}

// TooLarge has answers to the API that are longer than most claim to be longer
// than any client reads, and end there.
func (f *Fake) TooLarge(api kmsg.Key, most int) {
	f.reframe(api, func(_ int32, head, body []byte) []byte {
		if len(body) <= most {
			return join(head, body)
		}
		return binary.BigEndian.AppendUint32(nil, maxFrame+1)
	})
}

func (f *Fake) reframe(api kmsg.Key, change reframe) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reframes = maps.Clone(f.reframes)
	if f.reframes == nil {
		f.reframes = map[kmsg.Key]reframe{}
	}
	f.reframes[api] = change
}

func (f *Fake) rewriteMetadata(change func(*kmsg.MetadataResponse)) {
	f.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) { change(answer.(*kmsg.MetadataResponse)) })
}

// Leaderless has metadata say that the partitions have no leader, and that all
// their replicas are offline. No partitions named is all of the topic.
func (f *Fake) Leaderless(topic string, partitions ...int32) {
	f.rewriteMetadata(func(m *kmsg.MetadataResponse) {
		for i := range m.Topics {
			if name := m.Topics[i].Topic; name == nil || *name != topic {
				continue
			}
			for j := range m.Topics[i].Partitions {
				p := &m.Topics[i].Partitions[j]
				if len(partitions) == 0 || slices.Contains(partitions, p.Partition) {
					p.Leader, p.ErrorCode = -1, kerr.LeaderNotAvailable.Code
					p.OfflineReplicas = p.Replicas
				}
			}
		}
	})
}

// AddReplica has a reassignment under way that adds a replica to a partition. It is not
// in sync yet.
func (f *Fake) AddReplica(topic string, partition, inSync, adding int32) {
	replicas := []int32{inSync, adding}
	f.rewriteMetadata(func(m *kmsg.MetadataResponse) {
		for i := range m.Topics {
			if name := m.Topics[i].Topic; name == nil || *name != topic {
				continue
			}
			partitions := m.Topics[i].Partitions
			at := slices.IndexFunc(partitions, func(p kmsg.MetadataResponseTopicPartition) bool { return p.Partition == partition })
			partitions[at].Replicas, partitions[at].ISR = replicas, replicas[:1]
		}
	})
	f.Rewrite(kmsg.ListPartitionReassignments, func(_ int32, answer kmsg.Response) {
		moves := answer.(*kmsg.ListPartitionReassignmentsResponse)
		of := kmsg.NewListPartitionReassignmentsResponseTopicPartition()
		of.Partition, of.Replicas, of.AddingReplicas = partition, replicas, replicas[1:]
		in := kmsg.NewListPartitionReassignmentsResponseTopic()
		in.Topic, in.Partitions = topic, append(in.Partitions, of)
		moves.Topics = append(moves.Topics, in)
	})
}

// ListBrokerTwice has metadata name one broker twice.
func (f *Fake) ListBrokerTwice(id int32) {
	f.rewriteMetadata(func(m *kmsg.MetadataResponse) {
		for _, b := range m.Brokers {
			if b.NodeID == id {
				m.Brokers = append(m.Brokers, b)
				return
			}
		}
	})
}

// ListGroupAt has a broker list a group that it does not coordinate.
func (f *Fake) ListGroupAt(broker int32, group string) {
	f.Rewrite(kmsg.ListGroups, func(at int32, answer kmsg.Response) {
		if at != broker {
			return
		}
		listed := kmsg.NewListGroupsResponseGroup()
		listed.Group, listed.ProtocolType = group, "consumer"
		listed.GroupState, listed.GroupType = "Empty", "classic"
		groups := answer.(*kmsg.ListGroupsResponse)
		groups.Groups = append(groups.Groups, listed)
	})
}

// Without has the brokers not offer some APIs.
func (f *Fake) Without(apis ...kmsg.Key) {
	f.Rewrite(kmsg.ApiVersions, func(_ int32, answer kmsg.Response) {
		versions := answer.(*kmsg.ApiVersionsResponse)
		versions.ApiKeys = slices.DeleteFunc(versions.ApiKeys, func(k kmsg.ApiVersionsResponseApiKey) bool {
			return slices.Contains(apis, kmsg.Key(k.ApiKey))
		})
	})
}

// Offer has the brokers offer an API that they lack, in versions up to newest. answer
// returns what each request is answered with.
func (f *Fake) Offer(api kmsg.Key, newest int16, answer func() kmsg.Response) {
	f.Rewrite(kmsg.ApiVersions, func(_ int32, versions kmsg.Response) {
		key := kmsg.NewApiVersionsResponseApiKey()
		key.ApiKey, key.MaxVersion = int16(api), newest
		versions.(*kmsg.ApiVersionsResponse).ApiKeys = append(versions.(*kmsg.ApiVersionsResponse).ApiKeys, key)
	})
	f.Kfake.ControlKey(int16(api), func(request kmsg.Request) (kmsg.Response, error, bool) {
		f.Kfake.KeepControl()
		response := answer()
		response.SetVersion(request.GetVersion())
		return response, nil, true
	})
}

// Limit has the brokers offer versions of an API up to newest only.
func (f *Fake) Limit(api kmsg.Key, newest int16) {
	f.Rewrite(kmsg.ApiVersions, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.ApiVersionsResponse).ApiKeys {
			if k := &answer.(*kmsg.ApiVersionsResponse).ApiKeys[i]; k.ApiKey == api.Int16() {
				k.MaxVersion = newest
			}
		}
	})
}

// Proxies puts a proxy before each broker, in the order of their ids, and has
// the cluster advertise the proxies: a broker that refuses, hangs or is cut.
func (f *Fake) Proxies(t testing.TB) []*Proxy {
	t.Helper()
	proxies := make([]*Proxy, len(f.addresses))
	for i, addr := range f.addresses {
		proxies[i] = StartProxy(t, addr)
	}
	readdress := func(id int32, host *string, port *int32) {
		if int(id) < len(proxies) && id >= 0 {
			*host, *port = loopback, int32(proxies[id].port())
		}
	}
	f.rewriteMetadata(func(m *kmsg.MetadataResponse) {
		for i := range m.Brokers {
			readdress(m.Brokers[i].NodeID, &m.Brokers[i].Host, &m.Brokers[i].Port)
		}
	})
	f.Rewrite(kmsg.FindCoordinator, func(_ int32, answer kmsg.Response) {
		found := answer.(*kmsg.FindCoordinatorResponse)
		readdress(found.NodeID, &found.Host, &found.Port)
		for i := range found.Coordinators {
			readdress(found.Coordinators[i].NodeID, &found.Coordinators[i].Host, &found.Coordinators[i].Port)
		}
	})
	return proxies
}
