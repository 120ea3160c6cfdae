// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package acls

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/check"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// checks is what kafkalag-check says of the logins of the other tests: its exit code,
// and what its commands would add.
var checks = map[string]struct {
	code int
	add  []string
}{
	"nobody":                          {check.Missing, []string{"Describe --cluster --topic '*' --group '*'"}},
	"without_cluster":                 {check.Well, []string{"Describe --cluster"}},
	"without_some_groups":             {check.Missing, []string{"Describe --group '*'"}},
	"without_cluster_and_some_groups": {check.Well, []string{"Describe --cluster"}},
	"without_groups":                  {check.Missing, []string{"Describe --cluster --group '*'"}},
	"without_a_topic":                 {check.Missing, []string{"Describe --topic '*'"}},
	"without_topics":                  {check.Missing, []string{"Describe --topic '*'"}},
	"with_other_operations":           {check.Well, nil},

	"with_configs":    {check.Well, nil},
	"without_configs": {check.Missing, []string{"DescribeConfigs --cluster --topic '*'"}},
	"without_disks":   {check.Missing, []string{"Describe --cluster"}},
}

// wanting enables metrics that need more rights than most.
const wanting = `
      kafka.topic.min_insync_replicas: {enabled: true}
      kafka.partition.size: {enabled: true}
      kafka.broker.log_retention_period: {enabled: true}
      kafka.quorum.replica.lag: {enabled: true}`

// seeChecks has kafkalag-check look at each login, and then adds what it says.
func seeChecks(t *testing.T, kafka *kafkatest.Cluster) {
	t.Helper()
	for user, want := range checks {
		t.Run(user, func(t *testing.T) {
			_, optional := optionalCases[user]
			code, result := runCheck(t, kafka, user, optional)
			assert.Equal(t, want.code, code, result.Problems)
			assert.Equal(t, "4.4", result.Brokers[0].Version)
			require.Len(t, result.ACLCommands, len(want.add), result.ACLCommands)
			for i, add := range want.add {
				assert.Equal(t, fmt.Sprintf("kafka-acls.sh --bootstrap-server %s --command-config admin.properties --add "+
					"--allow-principal User:%s --operation %s", kafka.Addresses(listener)[0], user, add), result.ACLCommands[i])
			}
		})
	}
	followTheCheck(t, kafka, "nobody", false)
	followTheCheck(t, kafka, "without_configs", true)
}

// followTheCheck runs the commands that a check prints, after which there are none, and
// all is well.
func followTheCheck(t *testing.T, kafka *kafkatest.Cluster, user string, optional bool) {
	t.Helper()
	_, result := runCheck(t, kafka, user, optional)
	for _, command := range result.ACLCommands {
		_, args, found := strings.Cut(command, " --command-config admin.properties ")
		require.True(t, found, command)
		kafka.Tool(t, "org.apache.kafka.tools.AclCommand", append([]string{"--bootstrap-server", kafka.Brokers()[0]},
			strings.Fields(strings.ReplaceAll(args, "'", ""))...)...)
	}
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		code, result := runCheck(t, kafka, user, optional)
		assert.Equal(now, check.Well, code, result.Problems)
		assert.Empty(now, result.ACLCommands)
	}, patience, tick)
}

// runCheck runs kafkalag-check with a login. Without optional metrics, not even the
// retention margin is wanted.
func runCheck(t *testing.T, kafka *kafkatest.Cluster, user string, optional bool) (int, check.Result) {
	t.Helper()
	metrics := "\n      kafka.consumer_group.retention_margin: {enabled: false}"
	if optional {
		metrics = wanting
	}
	name := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(name, fmt.Appendf(nil, `
receivers:
  kafkalag:
    brokers: [%q]
    auth: {sasl: {mechanism: PLAIN, username: %s, password: %s}}
    metrics:%s
`, kafka.Addresses(listener)[0], user, password(user), metrics), 0o600))
	var out bytes.Buffer
	code := check.Run(t.Context(), []string{"-o", "json", name}, &out, &out)
	assert.NotContains(t, out.String(), password(user))
	var report check.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &report), out.String())
	require.Len(t, report.Receivers, 1, report.Errors)
	return code, report.Receivers[0]
}
