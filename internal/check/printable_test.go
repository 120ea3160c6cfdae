// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// secretKeys lists the keys of a configuration that have secrets.
func secretKeys(of reflect.Type, at []string) [][]string {
	switch of.Kind() {
	case reflect.String:
		if of == reflect.TypeFor[configopaque.String]() {
			return [][]string{at}
		}
	case reflect.Pointer, reflect.Slice:
		return secretKeys(of.Elem(), at)
	case reflect.Map:
		return secretKeys(of.Elem(), append(slices.Clip(at), "any"))
	case reflect.Struct:
		var keys [][]string
		for field := range of.Fields() {
			below := slices.Clone(at)
			if name, _, _ := strings.Cut(field.Tag.Get("mapstructure"), ","); name != "" {
				below = append(below, name)
			}
			keys = append(keys, secretKeys(field.Type, below)...)
		}
		return keys
	}
	return nil
}

// nested writes a value at a key as YAML in one line.
func nested(key []string, value string) string {
	return strings.Join(key, ": {") + ": " + value + strings.Repeat("}", len(key)-1)
}

const secret = "pa55word-0f-monitor"

// Whatever is given for a secret, in the right form or another, is not shown.
func TestSecretsInMistakesAreNotShown(t *testing.T) {
	keys := secretKeys(reflect.TypeFor[receiver.Config](), nil)
	require.Greater(t, len(keys), 8)
	assert.Contains(t, keys, []string{"auth", "sasl", "password"})
	assert.Contains(t, keys, []string{"tls", "key_pem"})
	for _, key := range keys {
		for _, form := range []string{"%s", "[%s]", "{a: %s}", "[[%s]]", "'%s\x00'", "\"%s\\n\"", "'${env:SECRET}'", "!!int %s", "*%s", "!%s", "&%s", "@%s", "`%s", "'%s", "{%s", "|%s", "- %s"} {
			t.Setenv("SECRET", secret)
			value := form
			if strings.Contains(form, "%s") {
				value = fmt.Sprintf(form, secret)
			}
			text := "receivers: {kafkalag: {brokers: [a], " + nested(key, value) + "}}"
			t.Run(text, func(t *testing.T) {
				for _, format := range []string{"text", "json"} {
					code, text := run(t, file(t, text), "-o", format)
					assert.Equal(t, Untried, code, "%q is wrong", "brokers")
					assert.NotContains(t, text, secret)
				}
			})
		}
	}
}

// setSecrets gives every secret below v a value of its own, and returns them.
func setSecrets(v reflect.Value, secrets []string) []string {
	next := fmt.Sprintf("secret-number-%d", len(secrets)+1000)
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[configopaque.String]() && v.CanSet() {
			v.SetString(next)
			return append(secrets, next)
		}
	case reflect.Pointer:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return setSecrets(v.Elem(), secrets)
	case reflect.Map:
		if v.Type() == reflect.TypeFor[map[string][]configopaque.String]() && v.CanSet() {
			v.Set(reflect.ValueOf(map[string][]configopaque.String{"a": {configopaque.String(next)}}))
			return append(secrets, next)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			secrets = setSecrets(field, secrets)
		}
	}
	return secrets
}

func TestEverySecretIsHidden(t *testing.T) {
	cfg := receiver.NewFactory().CreateDefaultConfig().(*receiver.Config)
	secrets := setSecrets(reflect.ValueOf(&cfg.Auth).Elem(), nil)
	require.Len(t, secrets, 11, "five of logins, and twice three of TLS")
	cfg.TLS = new(tlsconfig.Config)
	cfg.TLS.KeyPem, cfg.TLS.CertPem = "secret-key\n", "secret certificate/1"
	show := newPrinter(cfg)
	for _, secret := range append(secrets, "secret-key", "secret certificate/1", "secret+certificate%2F1") {
		assert.Equal(t, "it was [REDACTED]!", show.text("it was "+secret+"!"))
	}
}

// A token is fetched, and is in no configuration.
func TestTokensAreNotShown(t *testing.T) {
	for mechanism, token := range map[string]bool{"OAUTHBEARER": true, "AWS_MSK_IAM_OAUTHBEARER": true, "PLAIN": false} {
		cfg := receiver.NewFactory().CreateDefaultConfig().(*receiver.Config)
		cfg.Auth.SASL = &sasl.Config{Mechanism: mechanism}
		if !token {
			cfg.Auth.SASL.Username = "monitor"
		}
		assert.Equal(t, token, showsToken(cfg), mechanism)
	}
	refused := cluster.Failure{Code: "SASL_AUTHENTICATION_FAILED", Err: errors.New("not eyJhbGciOi")}
	assert.Equal(t, "the login was refused", printer{token: true}.failure(refused))
	assert.Equal(t, "not eyJhbGciOi", printer{}.failure(refused))
}

func TestText(t *testing.T) {
	show := newPrinter(&receiver.Config{})
	for name, tt := range map[string]struct{ given, shown string }{
		"plain":         {"größe 1", "größe 1"},
		"a line break":  {"a\nb\r", `a\nb\r`},
		"colors":        {"\x1b[31mred", `\x1b[31mred`},
		"a C1 control":  {"a\u009b31m", `a\u009b31m`},
		"direction":     {"a\u202eb", `a\u202eb`},
		"not UTF-8":     {"a\xff", "a�"},
		"more than 300": {strings.Repeat("a", 301), strings.Repeat("a", 300) + "…"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.shown, show.text(tt.given)) })
	}
}

// What a broker sends is shown as text and no more, and what it sends back of a secret
// is not.
func TestHostileBroker(t *testing.T) {
	fake := seeded(t)
	fake.CreateTopic(t, "logs", 1, 1, nil)
	const escape = "\x1b]0;owned\x07"
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		m := answer.(*kmsg.MetadataResponse)
		m.ClusterID = kmsg.StringPtr(escape)
		for i := range m.Topics {
			m.Topics[i].Topic = new(escape + *m.Topics[i].Topic)
		}
		for i := range 200 {
			b := kmsg.NewMetadataResponseBroker()
			b.NodeID, b.Host, b.Port = int32(100+i), fmt.Sprintf("h%d\u202e\n%s", i, strings.Repeat("x", 5_000)), 9092
			m.Brokers = append(m.Brokers, b)
		}
	})
	name := config(t, fake.Brokers(), "timeout: 8s", "request_timeout: 2s")
	code, text := run(t, name)
	assert.Equal(t, Missing, code)
	assert.NotContains(t, text, "\x1b")
	assert.NotContains(t, text, "\u202e")
	assert.Contains(t, text, `\x1b]0;owned\a`)
	assert.Contains(t, text, "\n            and 193 more\n", "brokers")
	assert.Less(t, len(text), 20_000)
	_, text = run(t, name, "-o", "json")
	assert.Less(t, len(text), 300_000)
}

func TestBrokerEchoesThePassword(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.Kfake.ControlKey(int16(kmsg.SASLHandshake), func(r kmsg.Request) (kmsg.Response, error, bool) {
		fake.Kfake.KeepControl()
		return r.ResponseKind(), nil, true
	})
	fake.Kfake.ControlKey(int16(kmsg.SASLAuthenticate), func(r kmsg.Request) (kmsg.Response, error, bool) {
		fake.Kfake.KeepControl()
		answer := r.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		answer.ErrorCode = kerr.SaslAuthenticationFailed.Code
		answer.ErrorMessage = new("not " + string(r.(*kmsg.SASLAuthenticateRequest).SASLAuthBytes))
		return answer, nil, true
	})
	name := config(t, fake.Brokers(), "auth: {sasl: {mechanism: PLAIN, username: monitor, password: "+secret+"}}")
	for _, format := range []string{"text", "json"} {
		code, text := run(t, name, "-o", format)
		assert.Equal(t, Missing, code)
		assert.NotContains(t, text, secret)
		assert.Contains(t, text, "SASL PLAIN login failed: wrong user name or password")
	}
	_, text := run(t, name, "-o", "json")
	assert.Contains(t, text, "[REDACTED]", "the broker did send it")
}
