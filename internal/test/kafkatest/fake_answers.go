// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
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
	f.rewrites = nil
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
