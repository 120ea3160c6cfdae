// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"fmt"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
)

func TestNewDescribeConfigsRequest(t *testing.T) {
	for version, want := range map[sarama.KafkaVersion]int16{
		sarama.V0_11_0_0: 0, sarama.V1_1_0_0: 1, sarama.V2_0_0_0: 2, sarama.V2_8_0_0: 4, sarama.MaxVersion: 4,
	} {
		assert.Equal(t, want, NewDescribeConfigsRequest(version).Version, fmt.Sprint(version))
	}
}
