// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// The credentials that AWS's own documentation uses.
const (
	accessKey  = "AKIDEXAMPLE"
	accessPass = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// setAWS has the SDK's default chain find these credentials and nothing else.
func setAWS(t *testing.T, secret string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID":     accessKey,
		"AWS_SECRET_ACCESS_KEY": secret,
		"AWS_SESSION_TOKEN":     "the/session",
		"AWS_CONFIG_FILE":       "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
}

// mskQuery reads a token: a URL in base64.
func mskQuery(t require.TestingT, token string) (host string, query url.Values) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	parsed, err := url.Parse(string(text))
	require.NoError(t, err)
	require.Equal(t, "https", parsed.Scheme)
	require.Equal(t, "/", parsed.Path)
	return parsed.Host, parsed.Query()
}

// signature is that of AWS, version 4, of a request to connect, as
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// describes it.
func signature(host string, query url.Values, secret string) string {
	signed := maps.Clone(query)
	delete(signed, "X-Amz-Signature")
	delete(signed, "User-Agent") // comes after signing
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(signed)) {
		pairs = append(pairs, url.QueryEscape(key)+"="+strings.ReplaceAll(url.QueryEscape(signed.Get(key)), "+", "%20"))
	}
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	request := strings.Join([]string{"GET", "/", strings.Join(pairs, "&"), "host:" + host, "", "host", hash("")}, "\n")
	_, scope, _ := strings.Cut(query.Get("X-Amz-Credential"), "/")
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", query.Get("X-Amz-Date"), scope, hash(request)}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range append(strings.Split(scope, "/"), toSign) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

func TestMSKToken(t *testing.T) {
	setAWS(t, accessPass)
	synctest.Test(t, func(t *testing.T) { // whose clock stands at the start of 2000
		token, err := (&mskSigner{region: "eu-west-1"}).Token(t.Context())
		require.NoError(t, err)
		assert.True(t, time.Now().Add(15*time.Minute).Equal(token.Expiry), "expiry %v", token.Expiry)

		host, query := mskQuery(t, token.AccessToken)
		assert.Equal(t, "kafka.eu-west-1.amazonaws.com", host)
		assert.Contains(t, query.Get("User-Agent"), "aws-msk-iam-sasl-signer-go")
		delete(query, "User-Agent")
		assert.Equal(t, url.Values{
			"Action":               {"kafka-cluster:Connect"},
			"X-Amz-Algorithm":      {"AWS4-HMAC-SHA256"},
			"X-Amz-Credential":     {accessKey + "/20000101/eu-west-1/kafka-cluster/aws4_request"},
			"X-Amz-Date":           {"20000101T000000Z"},
			"X-Amz-Expires":        {"900"},
			"X-Amz-Security-Token": {"the/session"},
			"X-Amz-SignedHeaders":  {"host"},
			"X-Amz-Signature":      {signature(host, query, accessPass)},
		}, query)
	})
}

func TestMSKWithoutCredentials(t *testing.T) {
	asked, over := make(chan struct{}), make(chan struct{})
	late := func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-over // the SDK does not give up by itself
		http.NotFound(w, r)
	}
	for name, tt := range map[string]struct {
		container http.HandlerFunc // hands out a container's credentials
		timeout   time.Duration
		cause     string
	}{
		"none":   {nil, time.Minute, "no AWS credentials: the default chain of the AWS SDK gave none"},
		"denied": {http.NotFound, time.Minute, "no AWS credentials: the default chain of the AWS SDK gave none"},
		"late":   {late, 50 * time.Millisecond, "no AWS credentials within half of request_timeout: the default chain of the AWS SDK was still at it"},
	} {
		t.Run(name, func(t *testing.T) {
			setAWS(t, "")
			t.Setenv("AWS_ACCESS_KEY_ID", "")
			if tt.container != nil {
				server := httptest.NewServer(tt.container)
				defer server.Close()
				t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.URL)
			}
			ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
			defer cancel()
			_, err := (&mskSigner{region: "eu-west-1"}).Token(ctx)
			if tt.timeout < time.Minute {
				// The SDK tries a server that is gone again for long, but takes
				// its refusal: the server has to stay until it was asked.
				<-asked
				close(over)
			}
			var token *kafkaerr.TokenError
			require.ErrorAs(t, err, &token)
			assert.Equal(t, tt.cause, token.Cause, "error: %v", err)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// A broker that takes the token as OAUTHBEARER's, as MSK does, and checks its
// signature.
func TestMSKLogin(t *testing.T) {
	for name, tt := range map[string]struct{ secret, cause string }{
		"right": {accessPass, ""},
		"wrong": {"guessed", "SASL AWS_MSK_IAM_OAUTHBEARER login failed: it does not accept the AWS credentials: " +
			"check their IAM policy (kafka-cluster:Connect), the region and the clock"},
	} {
		t.Run(name, func(t *testing.T) {
			setAWS(t, tt.secret)
			fake := kafkatest.StartFake(t, 1)
			fake.AcceptTokens(func(token string) bool {
				host, query := mskQuery(t, token)
				return query.Get("X-Amz-Signature") == signature(host, query, accessPass)
			})
			auth := AuthConfig{SASL: &Config{Mechanism: awsMSK.name, AWSMSK: AWSMSKConfig{Region: "eu-west-1"}}}
			require.Empty(t, auth.ValidationErrors(false, ""))
			requireLoginAt(t, fake.Brokers()[0], auth, tt.cause)
		})
	}
}
