// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// encryption holds TLS without a login, and ports taken for others.
func encryption(t *testing.T, s *secured) {
	t.Helper()
	_, port, err := net.SplitHostPort(s.Addresses(tlsOnly)[0])
	require.NoError(t, err)
	byNumber := []string{"127.0.0.1:" + port}
	trusted := func(change func(*tlsconfig.Config)) func(*kafkaconfig.Config) {
		return func(c *kafkaconfig.Config) {
			c.TLS = trusting(s.ca.File)
			change(c.TLS)
		}
	}
	asItIs := trusted(func(*tlsconfig.Config) {})
	login := func(c *kafkaconfig.Config) { c.Auth = byPassword("PLAIN", password) }
	for name, tt := range map[string]struct {
		brokers []string
		change  func(*kafkaconfig.Config)
		cause   string
	}{
		"right":                {s.Addresses(tlsOnly), asItIs, ""},
		"other name":           {byNumber, asItIs, "the broker's certificate is for another name: set tls.server_name_override"},
		"server_name_override": {byNumber, trusted(func(c *tlsconfig.Config) { c.ServerName = "localhost" }), ""},
		"insecure_skip_verify": {s.Addresses(tlsOnly), trusted(func(c *tlsconfig.Config) {
			c.CAFile, c.InsecureSkipVerify = "", true
		}), ""},
		"min_version": {s.Addresses(tlsOnly), trusted(func(c *tlsconfig.Config) { c.MinVersion = "1.3" }), ""},
		"max_version": {
			s.Addresses(tlsOnly), trusted(func(c *tlsconfig.Config) { c.MinVersion, c.MaxVersion = "1.0", "1.1" }),
			"the broker refused TLS (tls: protocol version not supported): check tls.min_version and tls.max_version",
		},
		"plain text to a TLS port": {s.Addresses(tlsOnly), func(*kafkaconfig.Config) {}, "a TLS port spoken to in plain text: set tls"},
		"TLS to a plain text port": {
			s.Brokers(), asItIs,
			"it closed the connection during the TLS handshake: a plain text port, or a client certificate is wanted",
		},
		"login where none is expected": {s.Brokers(), login, "SASL PLAIN login failed: the broker expects no login on this port"},
		"no login where one is expected": {
			s.Addresses(saslOnly), func(*kafkaconfig.Config) {},
			"it closed the connection on the first request: a SASL login is missing, or the broker went down",
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(tt.brokers)
			tt.change(&cfg)
			connect(t, cfg, nil).requireOutcome(t, tt.cause)
		})
	}
}

// certificates holds logins by client certificate.
func certificates(t *testing.T, s *secured) {
	t.Helper()
	mine := s.ca.Issue(t, "mine", time.Hour)
	others := s.otherCA.Issue(t, "others", time.Hour)
	for name, tt := range map[string]struct {
		pair  kafkatest.Certificate
		cause string
	}{
		"right": {mine, ""},
		"none": {
			kafkatest.Certificate{},
			"the broker refused TLS (tls: bad certificate): check tls.cert_file and tls.key_file",
		},
		"of another CA": {others, "the broker refused TLS (tls: unknown certificate): check tls.cert_file and tls.key_file"},
	} {
		t.Run(name, func(t *testing.T) { s.byCertificate(t, tt.pair, s.ca.File).requireOutcome(t, tt.cause) })
	}
}

func (s *secured) byCertificate(t *testing.T, pair kafkatest.Certificate, caFile string) *client {
	t.Helper()
	cfg := config(s.Addresses(mutual))
	cfg.TLS = trusting(caFile)
	cfg.TLS.CertFile, cfg.TLS.KeyFile = pair.Cert, pair.Key
	return connect(t, cfg, nil)
}

// replacement holds that files may be replaced while the client runs.
func replacement(t *testing.T, s *secured) {
	t.Helper()
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	trust := func(ca *kafkatest.CA) {
		text, err := os.ReadFile(ca.File)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(caFile, text, 0o600))
	}
	trust(s.ca)
	c := s.byCertificate(t, s.ca.Issue(t, "replaced", time.Hour), caFile)
	c.requireIn(t)

	s.ca.Issue(t, "replaced", -time.Hour)
	c.requireIn(t) // the connection from before still stands
	s.cut(mutual)
	c.requireOut(t, "the broker refused TLS (tls: unknown certificate): check tls.cert_file and tls.key_file")

	s.ca.Issue(t, "replaced", time.Hour)
	c.requireIn(t)

	trust(s.otherCA)
	s.cut(mutual)
	c.requireOut(t, untrusted)

	trust(s.ca)
	c.requireIn(t)
}

// cut drops all connections to the listener.
func (s *secured) cut(listener string) {
	proxy := s.Broker(1).Proxy(listener)
	proxy.Refuse()
	proxy.Restore()
}
