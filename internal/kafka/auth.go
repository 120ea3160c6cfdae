// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"github.com/IBM/sarama"
	"github.com/xdg-go/scram"
)

// setSASL tells the library how to log in.
func setSASL(conf *sarama.Config, sasl *SASLConfig) {
	if sasl == nil || sasl.Mechanism == "" {
		return
	}
	conf.Net.SASL.Enable = true
	conf.Net.SASL.Mechanism = sarama.SASLMechanism(sasl.Mechanism)
	conf.Net.SASL.User = sasl.Username
	conf.Net.SASL.Password = string(sasl.Password)
	switch sasl.Mechanism {
	case sarama.SASLTypeSCRAMSHA256:
		conf.Net.SASL.SCRAMClientGeneratorFunc = scramClient(scram.SHA256)
	case sarama.SASLTypeSCRAMSHA512:
		conf.Net.SASL.SCRAMClientGeneratorFunc = scramClient(scram.SHA512)
	}
}

// scramClient makes one conversation for each login.
func scramClient(hash scram.HashGeneratorFcn) func() sarama.SCRAMClient {
	return func() sarama.SCRAMClient { return &scramConversation{hash: hash} }
}

// scramConversation is SCRAM as xdg-go/scram speaks it, in sarama's shape.
type scramConversation struct {
	hash scram.HashGeneratorFcn
	*scram.ClientConversation
}

// Begin starts a conversation as user.
func (s *scramConversation) Begin(user, password, authzID string) error {
	client, err := s.hash.NewClient(user, password, authzID)
	if err != nil {
		return err
	}
	s.ClientConversation = client.NewConversation()
	return nil
}
