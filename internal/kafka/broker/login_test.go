// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// poolConfig reaches brokers with time-outs that only a hanging broker meets.
func poolConfig(brokers ...string) kafkaconfig.Config {
	return kafkaconfig.Config{Brokers: brokers, ClientID: "test", DialTimeout: 3 * time.Second, RequestTimeout: 5 * time.Second}
}

// requireLogin holds that a pool gets in where there is no cause, and is kept
// out for that cause where there is.
func requireLogin(t *testing.T, cfg kafkaconfig.Config, cause string) {
	t.Helper()
	p, err := New(cfg, zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	ctx, cancel := p.WithRequestTimeout(t.Context())
	defer cancel()
	seeds, _ := p.Candidates(nil)
	_, err = Ask(ctx, seeds[0], brokersOnly(), anyBrokers)
	if cause == "" {
		require.NoError(t, err)
		return
	}
	require.Error(t, err)
	f := Failure(seeds[0], APIMetadata, err)
	assert.Equal(t, cause, f.Cause, "error: %v", err)
	assert.Equal(t, cluster.NoBroker, f.Broker)
}

// A proxy that asks for a password in the manner of SASL, and is no broker: it
// knows no handshake.
func TestLoginWithoutHandshake(t *testing.T) {
	for name, tt := range map[string]struct{ password, cause string }{
		"right": {"right", ""},
		"wrong": {"wrong", "SASL PLAIN login failed: the broker closed the connection: wrong user name or password, or it went down"},
	} {
		t.Run(name, func(t *testing.T) {
			fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.ListenFn(func(network, address string) (net.Listener, error) {
				l, err := net.Listen(network, address)
				return &doorListener{l, "\x00me\x00right"}, err
			}))
			require.NoError(t, err)
			t.Cleanup(fake.Close)
			no := false
			cfg := poolConfig(fake.ListenAddrs()...)
			cfg.ProtocolVersion = "2.8.0"
			cfg.Auth.SASL = &sasl.Config{Mechanism: "PLAIN", Username: "me", Password: configopaque.String(tt.password), Handshake: &no}
			require.Empty(t, cfg.ValidationErrors())
			requireLogin(t, cfg, tt.cause)
		})
	}
}

// doorListener lets connections in that open with the key, as a bare frame.
type doorListener struct {
	net.Listener
	key string
}

func (l *doorListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &doorConn{Conn: c, key: l.key}, nil
}

type doorConn struct {
	net.Conn
	key  string
	once sync.Once
	err  error
}

func (c *doorConn) Read(p []byte) (int, error) {
	c.once.Do(func() { c.err = c.open() })
	if c.err != nil {
		return 0, c.err
	}
	return c.Conn.Read(p)
}

func (c *doorConn) open() error {
	var size [4]byte
	if _, err := io.ReadFull(c.Conn, size[:]); err != nil {
		return err
	}
	key := make([]byte, min(binary.BigEndian.Uint32(size[:]), 1<<10))
	if _, err := io.ReadFull(c.Conn, key); err != nil {
		return err
	}
	if string(key) != c.key {
		return errors.New("wrong key")
	}
	_, err := c.Write(make([]byte, 4)) // an empty frame lets in
	return err
}
