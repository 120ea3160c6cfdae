// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// A password that systemd's LoadCredential= gives in a file, as deploy/README.md
// says: neither the environment nor the config has it. The file need not be YAML,
// and editors end it with a line break.
func TestE2ETakesAPasswordFromACredential(t *testing.T) {
	const password = "*it's #1"
	kafka := kafkatest.StartFake(t, 1, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "monitor", password))
	credentials := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(credentials, "kafka-password"), []byte(password+"\n"), 0o600))
	config := writeFile(t, "credential.yaml", `
receivers: {kafkalag: {auth: {sasl: {password: "${file:${env:CREDENTIALS_DIRECTORY}/kafka-password}"}}}}
`)
	c := start(t, append(brokersEnv(kafka.Brokers()...), "CREDENTIALS_DIRECTORY="+credentials,
		"KAFKA_SASL_MECHANISM=SCRAM-SHA-512", "KAFKA_USERNAME=monitor"), shipped("default.yaml"), config)
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"": 1}, found.values(now, "kafka_brokers"))
	})
}
