// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// requireLoginAt holds that the library gets in at a broker where there is no
// cause, and is kept out for that cause where there is.
func requireLoginAt(t *testing.T, address string, auth AuthConfig, cause string) {
	t.Helper()
	login := NewLogin(t.Context(), &auth, 5*time.Second)
	conf := sarama.NewConfig()
	login.Configure(conf)
	broker := sarama.NewBroker(address)
	require.NoError(t, broker.Open(conf))
	defer func() { _ = broker.Close() }()
	_, err := broker.Connected()
	if cause == "" {
		require.NoError(t, err)
		return
	}
	require.Error(t, err)
	assert.Equal(t, cause, kafkaerr.Cause(login.Explain(err)), "error: %v", err)
}

// What cannot be caused with servers that run on one clock, and a few others.
func TestCauseOfLogin(t *testing.T) {
	login := NewLogin(t.Context(), &AuthConfig{SASL: &Config{Mechanism: "PLAIN"}}, time.Second)
	code := func(code sarama.KError) error {
		return login.Explain(sarama.Wrap(code, errors.New("said the broker")))
	}
	ticket := func(text string) error {
		return &kafkaerr.LoginError{Mechanism: "GSSAPI", Err: errors.New(text), Hints: kerberos.hints}
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
		{login.Explain(errors.New("else")), "SASL PLAIN login failed", "NO_LOGIN"},
		{
			&kafkaerr.LoginError{Mechanism: "SCRAM-SHA-256", Err: errUnproven, Hints: scram256.hints},
			"SASL SCRAM-SHA-256 login failed: the broker does not know this password itself: somebody else may answer in its place", "NO_LOGIN",
		},
		{&kafkaerr.LoginError{Mechanism: "GSSAPI", Err: kafkaerr.ErrNoAnswer, Hints: kerberos.hints}, "SASL GSSAPI login failed: no answer from the KDC or the broker within request_timeout", "NO_ANSWER"},
	} {
		opened := fmt.Errorf("metadata: %w", &kafkaerr.OpenError{Err: tt.err})
		assert.Equal(t, tt.want, kafkaerr.Cause(opened))
		assert.Equal(t, tt.code, kafkaerr.Code(opened))
		assert.False(t, kafkaerr.IsRetriable(opened, true), "a login that was refused is not tried again within a scrape")
	}
	// In TLS 1.3 the broker looks at the client's certificate when the client
	// takes TLS for done.
	late := login.Explain(&net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")})
	assert.Equal(t, "the broker refused TLS (tls: certificate required): check tls.cert_file and tls.key_file", kafkaerr.Cause(late))
}

// Secrets that come from files have a line break at their end.
func TestSecretsFromFiles(t *testing.T) {
	for _, auth := range []AuthConfig{
		{SASL: &Config{Mechanism: "PLAIN", Username: "u", Password: "p\n"}},
		{Kerberos: &KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p\r\n"}},
	} {
		conf := sarama.NewConfig()
		NewLogin(t.Context(), &auth, time.Second).Configure(conf)
		assert.Equal(t, "p", conf.Net.SASL.Password+conf.Net.SASL.GSSAPI.Password)
	}
	assert.Equal(t, "p", newTokenServer(&OAuthBearerConfig{ClientSecret: "p\n"}).grant.ClientSecret)
}

// A token that a broker has refused is not shown to it again.
func TestRefusedTokenIsForgotten(t *testing.T) {
	source := &countingSource{}
	login := NewLogin(t.Context(), &AuthConfig{SASL: &Config{Mechanism: "OAUTHBEARER"}}, time.Second)
	tokens := login.tokens
	tokens.source = source
	for range 2 {
		_, err := tokens.Token()
		require.NoError(t, err)
	}
	assert.Equal(t, 1, source.asked)
	require.Error(t, login.Explain(sarama.ErrSASLAuthenticationFailed))
	_, err := tokens.Token()
	require.NoError(t, err)
	assert.Equal(t, 2, source.asked)
}
