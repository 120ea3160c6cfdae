// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaerr

import (
	"errors"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Another client's table says the same, but for one code that Kafka renamed.
func TestCodeNames(t *testing.T) {
	seen := 0
	for code := int16(-1); code < 200; code++ {
		known, ok := kerr.ErrorForCode(code).(*kerr.Error) //nolint:errorlint // a table, not a chain
		if !ok || known.Code != code {
			continue
		}
		seen++
		want := known.Message
		if code == int16(sarama.ErrNotLeaderForPartition) {
			want = "NOT_LEADER_OR_FOLLOWER"
		}
		assert.Equal(t, want, CodeName(sarama.KError(code)), "code %d", code)
	}
	assert.Greater(t, seen, 100)
	assert.Equal(t, "ERROR_12345", CodeName(12345))
}

// The library hides the code of a refused login behind the broker's own words.
func TestCodesOfRefusedLogins(t *testing.T) {
	for code, want := range map[sarama.KError]string{
		sarama.ErrSASLAuthenticationFailed: "SASL_AUTHENTICATION_FAILED",
		sarama.ErrUnsupportedSASLMechanism: "UNSUPPORTED_SASL_MECHANISM",
		sarama.ErrIllegalSASLState:         "ILLEGAL_SASL_STATE",
	} {
		err := &OpenError{Err: sarama.Wrap(code, errors.New("Authentication failed"))}
		assert.Equal(t, want, Code(err))
		assert.Equal(t, causeOfCode(code), Cause(err))
		assert.False(t, IsRetriable(err, true), "another try would count as another attack")
	}
}
