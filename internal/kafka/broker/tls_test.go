// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// What brokers that are real are not made for in a test.
func TestTLS(t *testing.T) {
	ca := kafkatest.NewCA(t)
	for name, tt := range map[string]struct {
		lifetime time.Duration
		change   func(*tls.Config)
		cause    string
	}{
		"right":   {time.Hour, func(*tls.Config) {}, ""},
		"expired": {-time.Hour, func(*tls.Config) {}, "the broker's certificate has expired or is not valid yet"},
		"old versions alone": {
			time.Hour, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 },
			"the broker refused TLS (tls: protocol version not supported): check tls.min_version and tls.max_version",
		},
		"client certificate wanted": {
			time.Hour, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert },
			"the broker refused TLS (tls: certificate required): check tls.cert_file and tls.key_file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := ca.Issue(t, "broker", tt.lifetime, "127.0.0.1")
			pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
			require.NoError(t, err)
			server := &tls.Config{Certificates: []tls.Certificate{pair}}
			tt.change(server)
			fake := kafkatest.StartFake(t, 1, kfake.TLS(server))
			cfg := poolConfig(fake.Brokers()...)
			cfg.TLS = new(tlsconfig.Config)
			cfg.TLS.CAFile = ca.File
			requireLogin(t, cfg, tt.cause)
		})
	}
}
