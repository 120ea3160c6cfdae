// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"strings"

	"github.com/IBM/sarama"
	"github.com/xdg-go/scram"
	"go.opentelemetry.io/collector/config/configopaque"
)

// mechanismMSK is OAUTHBEARER with a token that is a request signed with AWS
// credentials.
const mechanismMSK = "AWS_MSK_IAM_OAUTHBEARER"

// mechanism names the login, for people; empty where there is none.
func (a *AuthConfig) mechanism() string {
	switch {
	case a.Kerberos != nil:
		return sarama.SASLTypeGSSAPI
	case a.SASL != nil:
		return a.SASL.Mechanism
	}
	return ""
}

// setLogin tells the library how to log in. tokens is for the mechanisms that
// need them.
func setLogin(conf *sarama.Config, auth *AuthConfig, tokens sarama.AccessTokenProvider) {
	mechanism := auth.mechanism()
	if mechanism == "" {
		return
	}
	conf.Net.SASL.Enable = true
	conf.Net.SASL.Mechanism = sarama.SASLMechanism(mechanism)
	switch mechanism {
	case sarama.SASLTypeGSSAPI:
		setKerberos(conf, auth.Kerberos)
	case sarama.SASLTypeOAuth, mechanismMSK:
		conf.Net.SASL.Mechanism = sarama.SASLTypeOAuth
		conf.Net.SASL.TokenProvider = tokens
	default:
		setPassword(conf, auth.SASL)
	}
	old := !conf.Version.IsAtLeast(sarama.V1_0_0_0) && conf.Net.SASL.TokenProvider == nil
	if old || !conf.Net.SASL.Handshake {
		// Before Kafka 1.0 a login goes over the connection bare, not wrapped in
		// requests, and brokers let nothing be negotiated before it.
		conf.Net.SASL.Version = sarama.SASLHandshakeV0
		conf.ApiVersionsRequest = false
	}
}

// isBare tells whether the login goes over the connection bare.
func isBare(conf *sarama.Config) bool {
	return conf.Net.SASL.Enable && conf.Net.SASL.Version == sarama.SASLHandshakeV0
}

// bareFrame is which answer, counted from 1, is empty where a bare login by
// PLAIN succeeds; 0 where there is no such login.
func bareFrame(conf *sarama.Config) int {
	switch {
	case !isBare(conf) || conf.Net.SASL.Mechanism != sarama.SASLTypePlaintext:
		return 0
	case conf.Net.SASL.Handshake:
		return 2
	}
	return 1
}

func setPassword(conf *sarama.Config, sasl *SASLConfig) {
	conf.Net.SASL.Handshake = sasl.Handshake == nil || *sasl.Handshake
	conf.Net.SASL.User = sasl.Username
	conf.Net.SASL.Password = reveal(sasl.Password)
	switch sasl.Mechanism {
	case sarama.SASLTypeSCRAMSHA256:
		conf.Net.SASL.SCRAMClientGeneratorFunc = scramClient(scram.SHA256)
	case sarama.SASLTypeSCRAMSHA512:
		conf.Net.SASL.SCRAMClientGeneratorFunc = scramClient(scram.SHA512)
	}
}

// reveal is a secret as it was meant: one that comes from a file often ends in a
// line break.
func reveal(secret configopaque.String) string { return strings.TrimRight(string(secret), "\r\n") }
