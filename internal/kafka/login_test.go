// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
)

func testConfig(brokers ...string) Config {
	return Config{Brokers: brokers, ClientID: "test", DialTimeout: 3 * time.Second, RequestTimeout: 5 * time.Second}
}

// requireLogin holds that a client gets in where there is no cause, and is kept
// out for that cause where there is.
func requireLogin(t *testing.T, cfg Config, cause string) {
	t.Helper()
	client, err := NewClient(cfg, zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := client.Snapshot(ctx, Questions{Topic: anything})
	if cause == "" {
		require.NoError(t, err)
		require.Empty(t, s.Failures)
		return
	}
	require.Error(t, err)
	require.Len(t, s.Failures, 1)
	assert.Equal(t, cause, s.Failures[0].Cause, "error: %v", err)
	assert.Equal(t, cluster.NoBroker, s.Failures[0].Broker)
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
			cfg := testConfig(fake.ListenAddrs()...)
			cfg.ProtocolVersion = "2.8.0"
			cfg.Auth.SASL = &SASLConfig{Mechanism: "PLAIN", Username: "me", Password: opaque(tt.password), Handshake: &no}
			require.Empty(t, cfg.Mistakes())
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

// What cannot be caused with servers that run on one clock, and a few others.
func TestCauseOfLogin(t *testing.T) {
	login := newLogin(t.Context(), &AuthConfig{SASL: &SASLConfig{Mechanism: "PLAIN"}}, time.Second)
	code := func(code sarama.KError) error {
		return login.explain(sarama.Wrap(code, errors.New("said the broker")))
	}
	ticket := func(text string) error {
		return &loginError{mechanism: "GSSAPI", err: errors.New(text), hints: kerberos.hints}
	}
	for _, tt := range []struct {
		err  error
		want string
		code string
	}{
		{code(sarama.ErrSASLAuthenticationFailed), "SASL PLAIN login failed: wrong user name or password", "SASL_AUTHENTICATION_FAILED"},
		{code(sarama.ErrUnsupportedSASLMechanism), "SASL PLAIN login failed: the broker does not offer this mechanism on this port", "UNSUPPORTED_SASL_MECHANISM"},
		{code(sarama.ErrIllegalSASLState), "SASL PLAIN login failed: the broker expects no login on this port", "ILLEGAL_SASL_STATE"},
		{ticket("KRB Error: (37) KRB_AP_ERR_SKEW Clock skew too great"), "SASL GSSAPI login failed: the clocks of this machine and the KDC differ too much", "NO_LOGIN"},
		{ticket("KRB Error: (68) KDC_ERR_WRONG_REALM"), "SASL GSSAPI login failed: unknown realm: check auth.kerberos.realm", "NO_LOGIN"},
		{ticket("[Root cause: Networking_Error] refused"), "SASL GSSAPI login failed: the KDC cannot be reached: check auth.kerberos.config_file", "NO_LOGIN"},
		{ticket("else"), "SASL GSSAPI login failed: no ticket from the KDC", "NO_LOGIN"},
		{login.explain(errors.New("else")), "SASL PLAIN login failed", "NO_LOGIN"},
		{
			&loginError{mechanism: "SCRAM-SHA-256", err: errUnproven, hints: scram256.hints},
			"SASL SCRAM-SHA-256 login failed: the broker does not know this password itself: somebody else may answer in its place", "NO_LOGIN",
		},
		{&loginError{mechanism: "GSSAPI", err: errNoAnswer, hints: kerberos.hints}, "SASL GSSAPI login failed: no answer from the KDC or the broker within request_timeout", "NO_ANSWER"},
	} {
		opened := fmt.Errorf("metadata: %w", &openError{err: tt.err})
		assert.Equal(t, tt.want, causeOf(opened))
		assert.Equal(t, tt.code, codeOf(opened))
		assert.False(t, passing(nil, opened), "a login that was refused is not tried again within a scrape")
	}
	// In TLS 1.3 the broker looks at the client's certificate when the client
	// takes TLS for done.
	late := login.explain(&net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")})
	assert.Equal(t, "the broker refused TLS (tls: certificate required): check tls.cert_file and tls.key_file", causeOf(late))
}

// Attempts may lock an account.
func TestRefusedLoginsAreTriedOnceAScrape(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	var logins atomic.Int64
	bearer(t, fake, func(string) bool {
		logins.Add(1)
		return false
	})
	cfg := testConfig(fake.Brokers()...)
	cfg.Auth.SASL = &SASLConfig{Mechanism: "OAUTHBEARER"}
	client, err := NewClient(cfg, zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	client.pool.login.tokens.source = &countingSource{}
	const scrapes = 12
	for range scrapes {
		_, err := client.Snapshot(t.Context(), Questions{Topic: anything})
		require.Error(t, err)
	}
	assert.Equal(t, int64(scrapes), logins.Load())
}

// Every broker counts attempts for the same account, and the source of tokens
// does. What was mended is seen with the next scrape, on all brokers.
func TestRefusedLoginsOfManyBrokers(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	var logins atomic.Int64
	var right atomic.Bool
	bearer(t, fake, func(string) bool {
		logins.Add(1)
		return right.Load()
	})
	cfg := testConfig(fake.Brokers()...)
	cfg.Auth.SASL = &SASLConfig{Mechanism: "OAUTHBEARER"}
	client, err := NewClient(cfg, zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	client.pool.login.tokens.source = &countingSource{}
	for scrape, want := range []int64{3, 3, 1, 2, 1, 1, 1, 2} { // see skipsAfter
		logins.Store(0)
		_, err := client.Snapshot(t.Context(), everything())
		require.Error(t, err)
		assert.Equal(t, want, logins.Load(), "scrape %d", scrape)
	}
	right.Store(true)
	s, err := client.Snapshot(t.Context(), everything())
	require.NoError(t, err)
	assert.Empty(t, s.Failures)
}

// Secrets that come from files have a line break at their end.
func TestSecretsFromFiles(t *testing.T) {
	for _, auth := range []AuthConfig{
		{SASL: &SASLConfig{Mechanism: "PLAIN", Username: "u", Password: "p\n"}},
		{Kerberos: &KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p\r\n"}},
	} {
		conf := sarama.NewConfig()
		newLogin(t.Context(), &auth, time.Second).configure(conf)
		assert.Equal(t, "p", conf.Net.SASL.Password+conf.Net.SASL.GSSAPI.Password)
	}
	assert.Equal(t, "p", newTokenServer(&OAuthBearerConfig{ClientSecret: "p\n"}).grant.ClientSecret)
}

// A token that a broker has refused is not shown to it again.
func TestRefusedTokenIsForgotten(t *testing.T) {
	source := &countingSource{}
	login := newLogin(t.Context(), &AuthConfig{SASL: &SASLConfig{Mechanism: "OAUTHBEARER"}}, time.Second)
	tokens := login.tokens
	tokens.source = source
	for range 2 {
		_, err := tokens.Token()
		require.NoError(t, err)
	}
	assert.Equal(t, 1, source.asked)
	require.Error(t, login.explain(sarama.ErrSASLAuthenticationFailed))
	_, err := tokens.Token()
	require.NoError(t, err)
	assert.Equal(t, 2, source.asked)
}
