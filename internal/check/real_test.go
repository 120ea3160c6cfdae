// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// secured is where clients log in, by SCRAM over TLS.
const secured = "SASLTLS"

// monitor may do all that a check asks for, billing may not describe groups.
const monitor, billing = "monitor", "billing"

// startSecured runs a broker on which the two users have their rights.
func startSecured(t *testing.T) (*kafkatest.Cluster, *kafkatest.CA) {
	t.Helper()
	kafkatest.NeedReal(t, "")
	ca := kafkatest.NewCA(t)
	const at = "listener.name.sasltls."
	kafka := kafkatest.Start(t, kafkatest.Options{
		Listeners: []kafkatest.Listener{{Name: secured, Protocol: "SASL_SSL", Host: "localhost"}},
		Properties: map[string]string{
			"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":           "User:ANONYMOUS",
			"ssl.keystore.type":     "PEM", "ssl.keystore.location": ca.Issue(t, "broker", time.Hour, "localhost").Both,
			at + "sasl.enabled.mechanisms":        "SCRAM-SHA-512",
			at + "scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
		},
		StorageArgs: []string{
			"--add-scram", "SCRAM-SHA-512=[name=" + monitor + ",password=" + secret + "]",
			"--add-scram", "SCRAM-SHA-512=[name=" + billing + ",password=" + secret + "]",
		},
	})
	kafka.CreateTopic(t, "orders", 3, 1, nil)
	kafka.CreateTopic(t, "payments", 1, 1, nil)
	kafka.ProduceEach(t, "orders", 10, 20, 30)
	kafka.Commit(t, "invoices", map[string]map[int32]int64{"orders": {0: 6, 1: 20, 2: 30}})
	kafka.Commit(t, "shipping", map[string]map[int32]int64{"orders": {2: 5}})
	allow(t, kafka, monitor, kadm.NewACLs().Topics("*").Groups("*").Clusters().Operations(kadm.OpDescribe))
	allow(t, kafka, monitor, kadm.NewACLs().Topics("*").Clusters().Operations(kadm.OpDescribeConfigs))
	allow(t, kafka, billing, kadm.NewACLs().Topics("*").Clusters().Operations(kadm.OpDescribe))
	allow(t, kafka, billing, kadm.NewACLs().Topics("*").Operations(kadm.OpDescribeConfigs))
	return kafka, ca
}

func allow(t *testing.T, kafka *kafkatest.Cluster, user string, acls *kadm.ACLBuilder) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...), kgo.DisableClientMetrics())
	require.NoError(t, err)
	defer client.Close()
	created, err := kadm.NewClient(client).CreateACLs(ctx, acls.Allow("User:"+user).AllowHosts("*").ResourcePatternType(kadm.ACLPatternLiteral))
	require.NoError(t, err)
	for _, c := range created {
		require.NoError(t, c.Err)
	}
}

// nobody is an address where nothing listens.
const nobody = "localhost:1"

// incidental is what differs from scrape to scrape, and with each new metric.
var incidental = regexp.MustCompile(`(?m)^  (scrape|series)  .*$|^ *most: .*$`)

// docs/check.md shows what real Kafka comes to.
func TestIntegrationPage(t *testing.T) {
	kafka, ca := startSecured(t)
	address := kafka.Addresses(secured)[0]
	login := func(broker, user, password string, keys ...string) string {
		return config(t, []string{broker}, append(keys,
			fmt.Sprintf("tls: {ca_file: %s}", ca.File),
			fmt.Sprintf("auth: {sasl: {mechanism: SCRAM-SHA-512, username: %s, password: %s}}", user, password))...)
	}
	names := strings.NewReplacer(address, "kafka-1:9094", nobody, "kafka-1:9093", kafka.Broker(1).Controller(), "kafka-1:9094",
		kafka.ID(), "5L6g3nShT-eMCtK--X86sw")
	shown := outputs(t)
	for _, scene := range []struct {
		title  string
		config func() string
		code   int
	}{
		{"All is well", func() string { return login(address, monitor, secret) }, Well},
		{"A wrong password", func() string { return login(address, monitor, "guessed-"+secret) }, Missing},
		{"A right is missing", func() string { return login(address, billing, secret) }, Missing},
		{"A wrong port", func() string { return login(nobody, monitor, secret) }, Missing},
		{"A controller's port", func() string { return config(t, []string{kafka.Broker(1).Controller()}) }, Missing},
		{"A filter that matches nothing", func() string { return login(address, monitor, secret, "group_match: ^invoice$") }, Missing},
	} {
		t.Run(scene.title, func(t *testing.T) {
			name, ctx := scene.config(), t.Context()
			require.EventuallyWithT(t, func(now *assert.CollectT) { // rights take a moment
				var out bytes.Buffer
				assert.Equal(now, scene.code, Run(ctx, []string{name}, &out, &out))
				assert.NotContains(now, out.String(), secret)
				assert.Equal(now, incidental.ReplaceAllString(shown[scene.title], ""), incidental.ReplaceAllString(names.Replace(out.String()), ""))
			}, 20*time.Second, 100*time.Millisecond)
		})
	}
}

// outputs are those on the page, by the section that they are in.
func outputs(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for section := range strings.SplitSeq(docs.Read(t, "docs/check.md").Text, "\n## ") {
		title, _, _ := strings.Cut(section, "\n")
		for _, b := range (docs.Page{Text: section}).Blocks() {
			if output, shown := strings.CutPrefix(b.Text, "$ kafkalag-check config.yaml\n"); shown {
				found[title] = output
			}
		}
	}
	return found
}
