// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-msk-iam-sasl-signer-go/signer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

// config reaches the brokers at these host:port addresses.
func config(brokers []string) kafkaconfig.Config {
	return kafkaconfig.Config{
		Brokers: brokers, ClientID: "test",
		DialTimeout: 5 * time.Second, RequestTimeout: 10 * time.Second,
	}
}

// trusting speaks TLS with the authority in the file.
func trusting(caFile string) *tlsconfig.Config {
	c := new(tlsconfig.Config)
	c.CAFile = caFile
	return c
}

// host has collector extensions.
type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

// client asks a cluster, and keeps all that is said while it does.
type client struct {
	*snapshot.Client
	said *transcript
}

// transcript is written to from many goroutines.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// connect makes a client, after it has checked that the configuration is free
// of errors. At its end, no secret may have been said.
func connect(t *testing.T, cfg kafkaconfig.Config, extensions host) *client {
	t.Helper()
	require.Empty(t, cfg.ValidationErrors())
	said := new(transcript)
	log := zap.New(zapcore.NewCore(
		zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig()), zapcore.AddSync(said), zap.DebugLevel))
	k, err := snapshot.New(cfg, log, nil, nil)
	require.NoError(t, err)
	require.NoError(t, k.Start(extensions))
	c := &client{Client: k, said: said}
	t.Cleanup(func() {
		k.Close()
		fmt.Fprintf(said, "%v %+v %#v", cfg, cfg, cfg)
		keepsSecrets(t, said.String())
	})
	return c
}

// keepsSecrets holds that nothing that was said gives a secret away.
func keepsSecrets(t *testing.T, said string) {
	t.Helper()
	assert.Empty(t, secretsIn(said))
}

// secretsIn lists what it finds of secrets, and of how tokens begin: those of
// JSON, and those of MSK, which are a URL in base64.
func secretsIn(said string) []string {
	var found []string
	for _, secret := range []string{
		password, wrong, secretKey, session, url.QueryEscape(session), "client-secret-of-monitor",
		"Bearer ", "eyJ", "aHR0cHM6Ly9rYWZrYS", "X-Amz-Signature",
	} {
		if strings.Contains(said, secret) {
			found = append(found, secret)
		}
	}
	return found
}

// The search for leaked secrets finds an MSK token.
func TestMSKTokensAreFound(t *testing.T) {
	setAWS(t)
	t.Setenv("AWS_SESSION_TOKEN", session)
	token, _, err := signer.GenerateAuthToken(t.Context(), region)
	require.NoError(t, err)
	assert.Equal(t, []string{"aHR0cHM6Ly9rYWZrYS"}, secretsIn(token))
	signed, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	assert.Equal(t, []string{url.QueryEscape(session), "X-Amz-Signature"}, secretsIn(string(signed)))
}

// ask makes one scrape of the brokers alone.
func (c *client) ask(t *testing.T) (*cluster.Snapshot, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	all := func(string) bool { return true }
	s, err := c.Snapshot(ctx, snapshot.Request{Topic: all, Group: all, Ends: snapshot.Everywhere})
	for _, f := range s.Failures {
		fmt.Fprintf(c.said, "%+v\n", f)
	}
	return s, err
}

// requireIn holds that the client gets in and learns of the broker.
func (c *client) requireIn(t *testing.T) {
	t.Helper()
	s, err := c.ask(t)
	require.NoError(t, err)
	require.Empty(t, s.Failures)
	require.Len(t, s.Brokers, 1)
}

// requireOut holds that it does not, and why it says so, in one line.
func (c *client) requireOut(t *testing.T, cause string) {
	t.Helper()
	s, err := c.ask(t)
	require.Error(t, err)
	require.Len(t, s.Failures, 1)
	f := s.Failures[0]
	assert.Equal(t, cause, f.Cause, "error: %v", f.Err)
	assert.NotEmpty(t, f.Address)
	assert.NotContains(t, f.Err.Error(), "\n")
}

// requireOutcome holds that the client gets in where there is no cause, and is
// kept out for that cause where there is.
func (c *client) requireOutcome(t *testing.T, cause string) {
	t.Helper()
	if cause == "" {
		c.requireIn(t)
		return
	}
	c.requireOut(t, cause)
}
