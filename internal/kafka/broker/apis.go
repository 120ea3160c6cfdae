// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import "github.com/IBM/sarama"

// Kafka's names of the requests that are sent.
const (
	APIMetadata              = "Metadata"
	APIListGroups            = "ListGroups"
	APIOffsetFetch           = "OffsetFetch"
	APIListOffsets           = "ListOffsets"
	APIDescribeGroups        = "DescribeGroups"
	APIConsumerGroupDescribe = "ConsumerGroupDescribe"
	APIDescribeConfigs       = "DescribeConfigs"
	APIDescribeLogDirs       = "DescribeLogDirs"
)

// NewDescribeConfigsRequest is the newest request that version allows.
func NewDescribeConfigsRequest(version sarama.KafkaVersion) *sarama.DescribeConfigsRequest {
	switch {
	case version.IsAtLeast(sarama.V2_8_0_0):
		return &sarama.DescribeConfigsRequest{Version: 4}
	case version.IsAtLeast(sarama.V2_0_0_0):
		return &sarama.DescribeConfigsRequest{Version: 2}
	case version.IsAtLeast(sarama.V1_1_0_0):
		return &sarama.DescribeConfigsRequest{Version: 1}
	}
	return &sarama.DescribeConfigsRequest{}
}
