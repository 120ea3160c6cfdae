// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package acls

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// monitor and team are the users that docs/acls.md gives rights to: all that
// the receiver can use, and only what concerns one team.
const monitor, team = "monitor", "team"

// followTheDocs runs the page's commands and looks what its users see then.
func followTheDocs(t *testing.T, kafka *kafkatest.Cluster, all seen) {
	t.Helper()
	for _, args := range commands(t) {
		kafka.Tool(t, "org.apache.kafka.tools.AclCommand",
			append([]string{"--bootstrap-server", kafka.Brokers()[0]}, args...)...)
	}
	// Another user's rights need not be here yet when the tool has ended.
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		got := see(t, kafka, login(monitor))
		assert.Equal(now, all.points, got.points)
		assert.Empty(now, got.lines)
		assert.Empty(now, got.errors)
	}, patience, tick)
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		got := see(t, kafka, login(team))
		want := without(all.points, "group=audit", "group=classic", "group=counting", "group=modern", "topic=secret")
		want["kafka.consumer_group.lag_max group=billing"] = 6
		assert.Equal(now, want, got.points)
	}, patience, tick)
}

// commands gives the arguments of the kafka-acls.sh commands on the page,
// without those that say where Kafka is.
func commands(t *testing.T) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/acls.md")
	require.NoError(t, err)
	const command = "$ kafka-acls.sh --bootstrap-server kafka-1:9092 --command-config admin.properties"
	var found [][]string
	text := strings.ReplaceAll(string(page), "\\\n", "")
	for line := range strings.Lines(text) {
		if args, ok := strings.CutPrefix(line, command); ok {
			found = append(found, strings.Fields(strings.ReplaceAll(args, "'", "")))
		}
	}
	require.Len(t, found, 3)
	return found
}
