// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package acls

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// listener is where logins are asked for. The cluster's own one is for the
// brokers and for seeding: whoever comes there may do everything.
const listener = "SASL"

// startKafka runs a cluster that knows these users and allows them nothing.
//
// It has two topics, orders and secret, and five groups: billing reads both,
// audit only orders, classic and modern (of KIP-848) have a live member each, and
// counting is an application of Kafka Streams that reads secret.
func startKafka(t *testing.T, users ...string) *kafkatest.Cluster {
	t.Helper()
	var logins strings.Builder
	for _, user := range users {
		fmt.Fprintf(&logins, ` user_%s="%s"`, user, password(user))
	}
	kafka := kafkatest.Start(t, kafkatest.Options{
		Listeners: []kafkatest.Listener{{Name: listener, Protocol: "SASL_PLAINTEXT"}},
		Properties: map[string]string{
			"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":           "User:ANONYMOUS;User:" + admin,
			"log.retention.ms":      "3600000", // to have a limit to see
			"listener.name.sasl.sasl.enabled.mechanisms": "PLAIN",
			"listener.name.sasl.plain.sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule required" +
				logins.String() + ";",
		},
	})
	kafka.CreateTopic(t, "orders", 2, 1, nil)
	kafka.CreateTopic(t, "secret", 1, 1, nil)
	kafka.ProduceEach(t, "orders", 10, 20)
	kafka.ProduceEach(t, "secret", 50)
	kafka.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 4, 1: 20}, "secret": {0: 1}})
	kafka.Commit(t, "audit", map[string]map[int32]int64{"orders": {0: 10}})
	kafka.Commit(t, "classic", map[string]map[int32]int64{"orders": {0: 2, 1: 3}})
	kafka.Commit(t, "modern", map[string]map[int32]int64{"orders": {0: 5}, "secret": {0: 5}})
	kafka.Join(t, "classic", "orders")
	kafka.JoinConsumer(t, "modern", "orders", "secret")
	kafka.JoinStreams(t, "counting", "secret")
	kafka.LeaveStreams(t, "counting")
	kafka.Commit(t, "counting", map[string]map[int32]int64{"secret": {0: 7}})
	return kafka
}

func password(user string) string { return user + "-password" }

// acl allows an operation on a resource: "topic" or "group" with a name or,
// ending in "*", a prefix of names; or "cluster".
type acl struct {
	operation      kadm.ACLOperation
	resource, name string
}

func (a acl) builder(user string) *kadm.ACLBuilder {
	b := kadm.NewACLs().Allow("User:" + user).AllowHosts("*").Operations(a.operation)
	name, pattern := a.name, kadm.ACLPatternLiteral
	if prefix, isPrefix := strings.CutSuffix(name, "*"); isPrefix && prefix != "" {
		name, pattern = prefix, kadm.ACLPatternPrefixed
	}
	switch a.resource {
	case "topic":
		b = b.Topics(name)
	case "group":
		b = b.Groups(name)
	case "cluster":
		b = b.Clusters()
	}
	return b.ResourcePatternType(pattern)
}

// grant gives each user its ACLs and waits until the broker follows them.
func grant(t *testing.T, kafka *kafkatest.Cluster, users map[string][]acl) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...), kgo.DisableClientMetrics())
	require.NoError(t, err)
	defer client.Close()
	admin := kadm.NewClient(client)
	for user, acls := range users {
		for _, a := range acls {
			created, err := admin.CreateACLs(ctx, a.builder(user))
			require.NoError(t, err)
			require.Len(t, created, 1)
			require.NoError(t, created[0].Err)
		}
		require.Eventually(t, func() bool {
			described, err := admin.DescribeACLs(ctx, kadm.NewACLs().AnyResource().
				Allow("User:"+user).AllowHosts("*").Operations().ResourcePatternType(kadm.ACLPatternAny))
			return err == nil && len(described) == 1 && len(described[0].Described) == len(acls)
		}, patience, tick, user)
	}
}
