// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// What the listeners know of AWS; see testdata/MSKTokens.java.
const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	region    = "eu-west-1"
	session   = "the/session+token="
)

const unsigned = "SASL AWS_MSK_IAM_OAUTHBEARER login failed: it does not accept the AWS credentials: " +
	"check their IAM policy (kafka-cluster:Connect), the region and the clock"

// setAWS has the AWS SDK's default chain find the right credentials and nothing
// else.
func setAWS(t *testing.T) {
	t.Helper()
	setEnvironment(t, map[string]string{
		"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere", "AWS_EC2_METADATA_DISABLED": "true",
	})
}

func setEnvironment(t *testing.T, variables map[string]string) {
	t.Helper()
	for name, value := range variables {
		t.Setenv(name, value)
	}
}

func bySignature(region string) sasl.AuthConfig {
	return sasl.AuthConfig{SASL: &sasl.Config{
		Mechanism: "AWS_MSK_IAM_OAUTHBEARER", AWSMSK: sasl.AWSMSKConfig{Region: region},
	}}
}

// signatures holds what else can be wrong with AWS's.
func signatures(t *testing.T, s *secured) {
	t.Helper()
	if !s.signed {
		t.Skip("no javac")
	}
	for name, tt := range map[string]struct {
		region      string
		environment map[string]string
		cause       string
	}{
		"of a session":   {region, map[string]string{"AWS_SESSION_TOKEN": session}, ""},
		"another region": {"us-east-1", nil, unsigned},
		"another user":   {region, map[string]string{"AWS_ACCESS_KEY_ID": "AKIDOTHER"}, unsigned},
		"no credentials": {
			region,
			map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
			"SASL AWS_MSK_IAM_OAUTHBEARER login failed: no AWS credentials: the default chain of the AWS SDK gave none",
		},
	} {
		t.Run(name, func(t *testing.T) {
			setEnvironment(t, tt.environment)
			cfg := config(s.Addresses(saslOnly))
			cfg.Auth = bySignature(tt.region)
			connect(t, cfg, nil).requireOutcome(t, tt.cause)
		})
	}
}
