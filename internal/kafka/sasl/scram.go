// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/IBM/sarama"
	"github.com/xdg-go/scram"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

var (
	scram256 = newSCRAM(sarama.SASLTypeSCRAMSHA256, scram.SHA256)
	scram512 = newSCRAM(sarama.SASLTypeSCRAMSHA512, scram.SHA512)
)

func newSCRAM(name string, hash scram.HashGeneratorFcn) mechanism {
	return mechanism{
		name:     name,
		validate: passwordErrors,
		configure: func(conf *sarama.Config, auth *AuthConfig) {
			configurePassword(conf, auth)
			conf.Net.SASL.SCRAMClientGeneratorFunc = scramClient(hash)
		},
		hints: kafkaerr.LoginHints{Refused: wrongPassword, Explain: causeOfSCRAM},
	}
}

func causeOfSCRAM(err error) string {
	if errors.Is(err, errUnproven) {
		return "the broker does not know this password itself: somebody else may answer in its place"
	}
	return ""
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

// maxIterations bounds the work that a broker can ask of a login, to about half
// a second. Kafka's own default is 4096.
const maxIterations = 1 << 20

// errUnproven: the broker failed SCRAM server verification.
var errUnproven = errors.New("the broker has not proved that it knows the password")

// Step answers what the broker said.
func (s *scramConversation) Step(said string) (string, error) {
	if n := iterations(said); n > maxIterations {
		return "", fmt.Errorf("the broker wants %d iterations of SCRAM, more than %d", n, maxIterations)
	}
	answer, err := s.ClientConversation.Step(said)
	if err != nil && strings.HasPrefix(said, "v=") {
		return "", fmt.Errorf("%w: %w", errUnproven, err)
	}
	return answer, err
}

// iterations is what a broker's first message has for i=, else 0.
func iterations(said string) int {
	for field := range strings.SplitSeq(said, ",") {
		if count, ok := strings.CutPrefix(field, "i="); ok {
			n, _ := strconv.Atoi(count) // what is no number is refused later
			return n
		}
	}
	return 0
}
