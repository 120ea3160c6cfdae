// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// AcceptTokens has the cluster want a login by a token that is accepted.
func (f *Fake) AcceptTokens(accepts func(token string) bool) {
	f.AcceptBearer(func(message string) bool {
		token, bearer := strings.CutPrefix(message, "n,,\x01auth=Bearer ")
		token, _, _ = strings.Cut(token, "\x01")
		return bearer && accepts(token)
	})
}

// AcceptBearer has the brokers take OAUTHBEARER's first message or refuse it.
func (f *Fake) AcceptBearer(accepts func(message string) bool) {
	f.Kfake.ControlKey(int16(kmsg.SASLHandshake), func(r kmsg.Request) (kmsg.Response, error, bool) {
		f.Kfake.KeepControl()
		answer := r.ResponseKind().(*kmsg.SASLHandshakeResponse)
		if r.(*kmsg.SASLHandshakeRequest).Mechanism != "OAUTHBEARER" {
			answer.ErrorCode = kerr.UnsupportedSaslMechanism.Code
		}
		return answer, nil, true
	})
	f.Kfake.ControlKey(int16(kmsg.SASLAuthenticate), func(r kmsg.Request) (kmsg.Response, error, bool) {
		f.Kfake.KeepControl()
		answer := r.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		message := string(r.(*kmsg.SASLAuthenticateRequest).SASLAuthBytes)
		if !accepts(message) {
			answer.ErrorCode = kerr.SaslAuthenticationFailed.Code
		}
		return answer, nil, true
	})
}
