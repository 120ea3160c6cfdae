// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"testing"
	"time"

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

// What the library has read beyond its own answers is lost with it. Had the length
// of a frame been among that, any length would pass for the rest of that frame.
func TestOpeningThatIsFollowedByMore(t *testing.T) {
	versions := kmsg.NewPtrApiVersionsResponse()
	versions.SetVersion(4)
	versions.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: int16(kmsg.ListGroups), MaxVersion: 5}}
	body := versions.AppendTo(make([]byte, minFrame)) // the first request's
	for name, more := range map[string][]byte{
		"a part of a length":   {0, 0},
		"a frame that goes on": frameOf(60_000, 1, 2, 3),
	} {
		t.Run(name, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1)
			fake.AnswerFrame(kmsg.ApiVersions, append(frameOf(uint32(len(body)), body...), more...))
			fake.AnswerFrame(kmsg.ListGroups, frameOf(0x7fffffff))
			p, n, _ := startPool(t, fake, func(cfg *kafkaconfig.Config) { cfg.RequestTimeout = time.Second })
			_, err := ask(p, n, groups(), countGroups)
			require.Error(t, err)
			assert.Equal(t, cluster.CodeBadAnswer, Failure(n, APIListGroups, err).Code, "%v", err)
		})
	}
}
