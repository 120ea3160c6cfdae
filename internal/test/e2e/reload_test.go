// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A reload that changes a receiver alone restarts that one only, where the
// feature gate says so, and the receiver goes on with what is new. The unit's
// ExecReload validates with the same options.
func TestE2EReloadsTheReceiverAlone(t *testing.T) {
	const gate = "--feature-gates=service.partialReload"
	env := brokersEnv(startKafka(t).Brokers()...)
	c := &collector{}
	named := writeFile(t, "named.yaml", "receivers: {kafkalag: {cluster_alias: before}}")
	options := []string{gate, "--config", shipped("default.yaml"), "--config", named, "--config", c.portsConfig(t)}
	c.launch(t, command(t, env, options...))
	sees := func(alias string) {
		c.eventually(t, func(now *assert.CollectT, found families) {
			// The exporter goes on, and shows what was for as long as it does not expire.
			assert.Contains(now, found.values(now, "kafka_brokers", "kafka_cluster_alias"), alias)
		})
	}
	sees("before")

	require.NoError(t, os.WriteFile(named, []byte("receivers: {kafkalag: {cluster_alais: after}}"), 0o600))
	out, err := command(t, env, append([]string{"validate"}, options...)...).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "cluster_alais")

	require.NoError(t, os.WriteFile(named, []byte("receivers: {kafkalag: {cluster_alias: after}}"), 0o600))
	out, err = command(t, env, append([]string{"validate"}, options...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, c.process.Signal(syscall.SIGHUP))
	c.awaitLog(t, "performing partial receiver reload")
	sees("after")
	assert.NotContains(t, c.log.String(), "Config updated, restart service")
}
