// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// A password where an address belongs is refused, and not shown: neither it nor
// a part that a comma cut off.
func TestUserInfoIsRefusedAndNotShown(t *testing.T) {
	for name, brokers := range map[string][]string{
		"user and password":     {"ok", "monitor:hidden@kafka:9092"},
		"a name alone":          {"hidden@kafka:9092"},
		"a URL":                 {"sasl://monitor:hidden@kafka:9092"},
		"a comma":               {"monitor:hid", "hidden@kafka:9092", "hidden"},
		"an @ in the password":  {"monitor:hidden@hidden@kafka:9092"},
		"a slash and a newline": {"monitor:hid/\nhidden@kafka:9092"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Config{Brokers: brokers, DialTimeout: time.Second, RequestTimeout: time.Second}
			err := errors.Join(cfg.ValidationErrors()...)
			require.EqualError(t, err, `"brokers" has an address with "@", which is not shown: must be host:port, with user name and password at "auth.sasl"`)
		})
	}
	for name, url := range map[string]string{
		"user and password": "https://monitor:hidden@login/token",
		"a name alone":      "https://hidden@login/token",
		"no scheme":         "monitor:hidden@login/token",
		"a slash":           "https://monitor:1/hidden@login/token",
		"a question mark":   "https://monitor:hid?hidden@login/token",
		"not readable":      "https://monitor:hidden%@login/token",
	} {
		t.Run("token server: "+name, func(t *testing.T) {
			cfg := Config{Brokers: []string{"kafka:9092"}, DialTimeout: time.Second, RequestTimeout: time.Second}
			cfg.Auth = tokensFrom(url)
			err := errors.Join(cfg.ValidationErrors()...)
			require.EqualError(t, err, `"auth.sasl.oauthbearer.token_url" has an "@" and is not shown: must be a URL without user name and password`)
		})
	}
	cfg := Config{Brokers: []string{"kafka:9092"}, DialTimeout: time.Second, RequestTimeout: time.Second}
	cfg.Auth = tokensFrom("ftp://login/token?secret=hidden")
	err := errors.Join(cfg.ValidationErrors()...)
	require.ErrorContains(t, err, `"auth.sasl.oauthbearer.token_url" is "ftp://login/token": must be an http or https URL`)
	assert.NotContains(t, err.Error(), "hidden")
}

func tokensFrom(url string) sasl.AuthConfig {
	return sasl.AuthConfig{SASL: &sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearer: &sasl.OAuthBearerConfig{
		ClientID: "c", ClientSecret: "s", TokenURL: url,
	}}}
}
