// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"golang.org/x/crypto/bcrypt"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

const wrongPassword = "guessed-pa55word"

// A login that fails is logged once, with its cause, while the collector goes on
// trying; whoever reads its log learns no secret.
func TestE2ELogsAFailedLoginOnce(t *testing.T) {
	kafka := kafkatest.StartFake(t, 1, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "monitor", "pa55word"))
	c := start(t, append(brokersEnv(kafka.Brokers()...),
		"KAFKA_SASL_MECHANISM=SCRAM-SHA-512", "KAFKA_USERNAME=monitor", "KAFKA_PASSWORD="+wrongPassword),
		shipped("default.yaml"))
	c.awaitLog(t, "login failed")
	c.selfEventually(t, func(now *assert.CollectT, found families) {
		assert.GreaterOrEqual(now, found.sums("otelcol_kafkalag_request_errors", "error_code")["NO_LOGIN"], 3.0)
	})
	log := c.log.String()
	assert.Equal(t, 1, linesWith(log, "SASL SCRAM-SHA-512 login failed: the broker closed the connection: wrong user name or password, or it went down"), "%s", log)
	assert.Equal(t, 1, linesWith(log, kafka.Brokers()[0]), "%s", log)
	assert.NotContains(t, log, wrongPassword)
}

// print-config and the refusal of a configuration keep the secrets to
// themselves.
func TestE2EPrintsNoSecrets(t *testing.T) {
	const pipeline = `
exporters: {debug: {}}
service: {pipelines: {metrics: {receivers: [kafkalag], exporters: [debug]}}}
`
	for name, auth := range map[string]string{
		"password":     `{sasl: {mechanism: PLAIN, username: u, password: "${env:SECRET}"}}`,
		"client":       `{sasl: {mechanism: OAUTHBEARER, oauthbearer: {client_id: c, client_secret: "${env:SECRET}", token_url: "https://localhost"}}}`,
		"Kerberos":     `{kerberos: {service_name: s, realm: R, username: u, password: "${env:SECRET}", config_file: /nowhere}}`,
		"old":          `{plain_text: {username: u, password: "${env:SECRET}"}}`,
		"several ways": `{plain_text: {username: u, password: "${env:SECRET}"}, sasl: {mechanism: PLAIN, password: "${env:SECRET}"}}`,
		"not a string": `{sasl: {mechanism: [PLAIN], password: {a: "${env:SECRET}"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			config := writeFile(t, "config.yaml", `receivers: {kafkalag: {brokers: ["localhost:1"], auth: `+auth+"}}"+pipeline)
			env := []string{"SECRET=" + wrongPassword}
			for _, args := range [][]string{{"print-config", "--validate=false"}, {"validate"}} {
				out, _ := command(t, env, append(args, "--config", config)...).CombinedOutput() // some are refused
				assert.NotContains(t, string(out), wrongPassword, "%v", args)
				if args[0] == "print-config" && name != "not a string" {
					assert.Contains(t, string(out), "[REDACTED]")
				}
			}
		})
	}
}

// The receiver checks at start that the files which its configuration names exist.
func TestE2ERefusesMissingFiles(t *testing.T) {
	config := writeFile(t, "config.yaml", `
receivers:
  kafkalag: {brokers: ["localhost:1"], tls: {ca_file: /nowhere/ca.pem, cert_file: /nowhere/me.crt, key_file: /nowhere/me.key}}
exporters: {debug: {}}
service: {pipelines: {metrics: {receivers: [kafkalag], exporters: [debug]}}}
`)
	out, err := command(t, nil, "--config", config).CombinedOutput()
	require.Error(t, err, "%s", out)
	for _, want := range []string{`"tls.ca_file" is "/nowhere/ca.pem"`, `"tls.cert_file" is "/nowhere/me.crt"`} {
		assert.Contains(t, string(out), want)
	}
}

// Without the authorities of its clients the endpoint would be open to all.
func TestE2ERefusesMutualTLSWithoutAuthorities(t *testing.T) {
	server := kafkatest.NewCA(t).Issue(t, "server", time.Hour, "127.0.0.1")
	env := []string{"KAFKA_BROKERS=" + nobody(t), "KAFKALAG_CERT_FILE=" + server.Cert, "KAFKALAG_KEY_FILE=" + server.Key}
	for name, tt := range map[string]struct {
		env  []string
		want string
	}{
		"not set": {nil, "KAFKALAG_CLIENT_CA_FILE is not set"},
		"empty":   {[]string{"KAFKALAG_CLIENT_CA_FILE="}, "is a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := command(t, append(tt.env, env...), "--config", shipped("default.yaml"), "--config", shipped("endpoint/mutual-tls.yaml"))
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			require.NoError(t, cmd.Start())
			defer time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() }).Stop() // it runs, and should not
			require.Error(t, cmd.Wait())
			assert.Contains(t, out.String(), tt.want)
		})
	}
}

func TestE2ESecuresItsMetrics(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		kafkatest.Lacks(t, "e2e", "curl is not installed")
	}
	ca, others := kafkatest.NewCA(t), kafkatest.NewCA(t)
	server := ca.Issue(t, "server", time.Hour, "127.0.0.1")
	scraper := ca.Issue(t, "scraper", time.Hour)
	stranger := others.Issue(t, "stranger", time.Hour)
	hash, err := bcrypt.GenerateFromPassword([]byte("pa55word"), bcrypt.MinCost)
	require.NoError(t, err)
	env := []string{
		"KAFKA_BROKERS=" + nobody(t),
		"KAFKALAG_CERT_FILE=" + server.Cert, "KAFKALAG_KEY_FILE=" + server.Key, "KAFKALAG_CLIENT_CA_FILE=" + ca.File,
		"KAFKALAG_HTPASSWD_FILE=" + writeFile(t, "htpasswd", "prometheus:"+string(hash)+"\n"),
	}
	const refused = "000" // no answer at all
	type attempt struct {
		args []string
		want string // the status of the answer
	}
	trusting := func(args ...string) []string { return append([]string{"--cacert", ca.File}, args...) }
	for name, tt := range map[string]struct {
		overlays []string
		attempts []attempt
	}{
		"TLS": {[]string{"tls.yaml"}, []attempt{
			{trusting(), "200"},
			{[]string{"--cacert", others.File}, refused},
			{nil, refused},
		}},
		"mutual TLS": {[]string{"mutual-tls.yaml"}, []attempt{
			{trusting("--cert", scraper.Cert, "--key", scraper.Key), "200"},
			{trusting("--cert", stranger.Cert, "--key", stranger.Key), refused},
			{trusting(), refused},
		}},
		"TLS and basic auth": {[]string{"tls.yaml", "basic-auth.yaml"}, []attempt{
			{trusting("--user", "prometheus:pa55word"), "200"},
			{trusting("--user", "prometheus:"+wrongPassword), "401"},
			{trusting(), "401"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			configs := []string{shipped("default.yaml")}
			for _, overlay := range tt.overlays {
				configs = append(configs, shipped("endpoint/"+overlay))
			}
			c := start(t, env, configs...)
			url := strings.Replace(c.metricsURL, "http://", "https://", 1)
			for _, a := range tt.attempts {
				args := append([]string{"--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "20"}, a.args...)
				out, _ := exec.Command(curl, append(args, url)...).Output() // a refusal is an error, too
				assert.Equal(t, a.want, string(out), "curl %v", a.args)
			}
			assert.NotContains(t, c.log.String(), "pa55word")
		})
	}
}
