// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// A connection that could not be made is counted when it is tried, whatever the
// reason, and not again for each request that would have used it.
func TestObserverSeesALoginOnce(t *testing.T) {
	counts := kafkatest.NewTally()
	p := &Pool{obs: counts}
	refused := &kafkaerr.OpenError{Err: sarama.ErrUnsupportedSASLMechanism}
	p.Observe(APIOffsetFetch, sarama.ErrGroupAuthorizationFailed, refused, sarama.ErrGroupAuthorizationFailed)
	assert.Equal(t, map[[2]string]int{{"OffsetFetch", "GROUP_AUTHORIZATION_FAILED"}: 1}, counts.Failures)
}
