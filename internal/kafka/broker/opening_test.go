// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// What comes in the place of the answers that make a connection ready is no refused
// login.
func TestOpeningOfWhatIsNoBroker(t *testing.T) {
	for name, hostile := range map[string]func(*kafkatest.Fake){
		"no versions":         func(f *kafkatest.Fake) { f.AnswerBytes(kmsg.ApiVersions, []byte("whatever")) },
		"no handshake":        func(f *kafkatest.Fake) { f.AnswerBytes(kmsg.SASLHandshake, []byte("whatever")) },
		"another's answer":    func(f *kafkatest.Fake) { f.AnswerFrame(kmsg.SASLHandshake, frameOf(6, 9, 9, 9, 9, 0, 0)) },
		"no login":            func(f *kafkatest.Fake) { f.AnswerBytes(kmsg.SASLAuthenticate, []byte("whatever")) },
		"a large one instead": func(f *kafkatest.Fake) { f.AnswerFrame(kmsg.SASLAuthenticate, frameOf(maxOpeningFrame+1)) },
	} {
		t.Run(name, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1, kfake.EnableSASL(), kfake.Superuser("PLAIN", "me", "right"))
			hostile(fake)
			p, n, _ := startPool(t, fake, func(cfg *kafkaconfig.Config) {
				cfg.Auth.SASL = &sasl.Config{Mechanism: "PLAIN", Username: "me", Password: "right"}
			})
			_, err := ask(p, n, brokersOnly(), anyBrokers)
			require.Error(t, err)
			assert.Equal(t, cluster.CodeBadAnswer, Failure(n, APIMetadata, err).Code, "%v", err)
		})
	}
}
