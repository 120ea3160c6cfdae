// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// brokersOnly asks for metadata of no topic, in the version that is easiest to
// read.
func brokersOnly() wire.Request {
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	return wire.Request{Request: request, Min: 1, Max: 1, Throttle: 3}
}

// anyBrokers reads how many brokers there are.
func anyBrokers(r *wire.Reader) int {
	brokers := 0
	for range r.Each(wire.Size{Fixed: 8, Strings: 2}) {
		r.Int32()
		r.Text()
		r.Int32()
		r.Text()
		brokers++
	}
	r.Int32() // the controller
	r.Len(wire.Size{Fixed: 3, Strings: 1, Arrays: 1})
	return brokers
}

// groups is a ListGroups request, whose answer says how long the broker throttles.
func groups() wire.Request {
	return wire.Request{Request: kmsg.NewPtrListGroupsRequest(), Min: 4, Max: 4, Throttle: 1}
}

func countGroups(r *wire.Reader) int {
	r.Int16()
	groups := 0
	for range r.Each(wire.Size{Strings: 3}) {
		r.Text()
		r.Text()
		r.Text()
		groups++
	}
	return groups
}

// startPool is a pool of a cluster of one broker, and that broker.
func startPool(t *testing.T, fake *kafkatest.Fake, change func(*kafkaconfig.Config)) (*Pool, *Node, *kafkatest.Tally) {
	t.Helper()
	cfg := poolConfig(fake.Brokers()...)
	if change != nil {
		change(&cfg)
	}
	tally := kafkatest.NewTally()
	p, err := New(cfg, zap.NewNop(), tally)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	p.SetBrokers(map[int32]cluster.Broker{0: {ID: 0, Address: fake.Brokers()[0]}})
	return p, p.Brokers()[0], tally
}

// ask asks within the request timeout.
func ask[T any](p *Pool, n *Node, request wire.Request, decode func(*wire.Reader) T) (T, error) {
	ctx, cancel := p.WithRequestTimeout(context.Background())
	defer cancel()
	return Ask(ctx, n, request, decode)
}

func TestAskNegotiates(t *testing.T) {
	sent := func(t *testing.T, fake *kafkatest.Fake) *int16 {
		t.Helper()
		version := int16(-1)
		fake.Kfake.ControlKey(int16(kmsg.ListGroups), func(r kmsg.Request) (kmsg.Response, error, bool) {
			fake.Kfake.KeepControl()
			version = r.GetVersion()
			return nil, nil, false
		})
		return &version
	}
	versionOf := func(r *wire.Reader) int16 {
		r.Text()
		r.Int32s(nil)
		return r.Version
	}
	for name, tt := range map[string]struct {
		broker   []kfake.Opt
		protocol string
		min, max int16
		want     int16 // -1: none
	}{
		"what is understood here":   {nil, "", 0, 3, 3},
		"what the broker knows":     {[]kfake.Opt{kfake.MaxVersions(kversion.V2_4_0())}, "", 0, 5, 3},
		"what is configured":        {nil, "2.0.0", 0, 5, 2},
		"with its patch":            {nil, "0.10.2.2", 0, 5, 0},
		"a protocol not known here": {nil, "4.4.9", 0, 5, 5},
		"too old a broker":          {[]kfake.Opt{kfake.MaxVersions(kversion.V2_4_0())}, "", 4, 5, -1},
		"too old a protocol":        {nil, "2.0.0", 4, 5, -1},
	} {
		t.Run(name, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1, tt.broker...)
			version := sent(t, fake)
			p, n, tally := startPool(t, fake, func(cfg *kafkaconfig.Config) { cfg.ProtocolVersion = tt.protocol })
			request := groups()
			request.Min, request.Max = tt.min, tt.max
			_, err := ask(p, n, request, versionOf)
			assert.Equal(t, tt.want, *version)
			if tt.want < 0 {
				require.ErrorIs(t, err, sarama.ErrUnsupportedVersion)
				assert.True(t, kafkaerr.IsUnsent(err))
				assert.Empty(t, tally.Requests)
				assert.Empty(t, tally.Failures)
				assert.False(t, n.IsDown())
			}
		})
	}
}

func TestAskForWhatTheBrokerLacks(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.Without(kmsg.ListGroups)
	p, n, _ := startPool(t, fake, nil)
	_, err := ask(p, n, groups(), countGroups)
	require.ErrorIs(t, err, sarama.ErrUnsupportedVersion)
	brokers, err := ask(p, n, brokersOnly(), anyBrokers)
	require.NoError(t, err)
	assert.Equal(t, 1, brokers)
	assert.Equal(t, 1, fake.Dials(0), "the connection is as good as before")
}

// The library has no part in requests: whatever it would do between them, such as
// sleep, cannot be.
func TestAskAgainOnTheSameConnection(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	p, n, tally := startPool(t, fake, nil)
	for range 20 {
		_, err := ask(p, n, groups(), countGroups)
		require.NoError(t, err)
	}
	assert.Equal(t, 1, fake.Dials(0))
	assert.Equal(t, map[string]int{"ListGroups": 20}, tally.Requests)
	assert.Empty(t, tally.Failures)
}

// frameOf is a frame that claims to have so many bytes.
func frameOf(size uint32, bytes ...byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, size), bytes...)
}

func TestAskAPeerThatSendsNonsense(t *testing.T) {
	const causeBad = "the answer is not Kafka's: something else answers there, or changes answers on their way"
	for name, tt := range map[string]struct {
		hostile     func(*kafkatest.Fake)
		code, cause string
	}{
		"bytes":             {func(f *kafkatest.Fake) { f.AnswerBytes(kmsg.ListGroups, []byte("whatever")) }, cluster.CodeBadAnswer, causeBad},
		"nothing":           {func(f *kafkatest.Fake) { f.AnswerBytes(kmsg.ListGroups, nil) }, cluster.CodeBadAnswer, causeBad},
		"another's answer":  {func(f *kafkatest.Fake) { f.AnswerFrame(kmsg.ListGroups, frameOf(4, 9, 9, 9, 9)) }, cluster.CodeBadAnswer, causeBad},
		"two answers":       {func(f *kafkatest.Fake) { f.AnswerFrame(kmsg.ListGroups, append(frameOf(4, 0, 0, 0, 1), 0)) }, cluster.CodeBadAnswer, causeBad},
		"a length of 2 GiB": {func(f *kafkatest.Fake) { f.AnswerFrame(kmsg.ListGroups, frameOf(0x7fffffff)) }, cluster.CodeBadAnswer, causeBad},
		"a negative length": {func(f *kafkatest.Fake) { f.AnswerFrame(kmsg.ListGroups, frameOf(0xffffffff)) }, cluster.CodeBadAnswer, causeBad},
		"HTTP":              {func(f *kafkatest.Fake) { f.AnswerFrame(kmsg.ListGroups, []byte("HTTP/1.1 502")) }, cluster.CodeBadAnswer, causeBad},
		"more than is read": {func(f *kafkatest.Fake) { f.TooLarge(kmsg.ListGroups, 0) }, cluster.CodeTooLarge, "too much for one answer: fewer partitions in the group would help"},
		"too many empty ones": {func(f *kafkatest.Fake) {
			f.AnswerBytes(kmsg.ListGroups, []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
		}, cluster.CodeBadAnswer, causeBad},
		"no versions": {func(f *kafkatest.Fake) { f.AnswerBytes(kmsg.ApiVersions, []byte("whatever")) }, cluster.CodeBadAnswer, causeBad},
	} {
		t.Run(name, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1)
			tt.hostile(fake)
			p, n, tally := startPool(t, fake, nil)
			_, err := ask(p, n, groups(), countGroups)
			require.Error(t, err)
			f := Failure(n, APIListGroups, err)
			assert.Equal(t, tt.code, f.Code)
			assert.Equal(t, tt.cause, f.Cause)
			assert.Equal(t, map[[2]string]int{{"ListGroups", tt.code}: 1}, tally.Failures)
			assert.Equal(t, tt.code != cluster.CodeTooLarge, n.IsDown())

			fake.Honest()
			p.Begin()
			_, err = ask(p, n, groups(), countGroups)
			require.NoError(t, err)
		})
	}
}

// Memory is for bytes that have come, not for those that are announced.
func TestAskIsNotFooledByALength(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	p, n, _ := startPool(t, fake, func(cfg *kafkaconfig.Config) { cfg.RequestTimeout = 200 * time.Millisecond })
	_, err := ask(p, n, groups(), countGroups)
	require.NoError(t, err)
	fake.AnswerFrame(kmsg.ListGroups, frameOf(99<<20, 0, 0, 0, 1))
	before := allocated()
	_, err = ask(p, n, groups(), countGroups)
	require.ErrorIs(t, err, kafkaerr.ErrNoAnswer)
	assert.Less(t, allocated()-before, uint64(1<<20))
}

// allocated is how many bytes this process has ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestAskSurvivesAPanic(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	p, n, _ := startPool(t, fake, nil)
	_, err := ask(p, n, groups(), func(*wire.Reader) int { panic("over bytes") })
	require.Error(t, err)
	_, panicked := errors.AsType[*kafkaerr.PanicError](err)
	assert.True(t, panicked)
	assert.Equal(t, cluster.CodeBadAnswer, Failure(n, APIListGroups, err).Code)
}

// Of large answers, one is decoded at a time.
func TestLargeAnswersAreDecodedOneByOne(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.AnswerBytes(kmsg.ListGroups, make([]byte, largeAnswer+1))
	p, n, _ := startPool(t, fake, nil)
	decoding := make(chan struct{})
	release := make(chan struct{})
	slow := func(r *wire.Reader) int {
		decoding <- struct{}{}
		<-release
		return countGroups(r)
	}
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := ask(p, n, groups(), slow)
			done <- err
		}()
	}
	<-decoding
	select {
	case <-decoding:
		t.Fatal("two at a time")
	case <-time.After(200 * time.Millisecond):
	}
	release <- struct{}{}
	<-decoding
	release <- struct{}{}
	for range 2 {
		require.Error(t, <-done, "zeros are no groups")
	}
}

// A login that ends gets a new connection in time, instead of one that the broker
// drops.
func TestConnectionsEndWithTheirLogin(t *testing.T) {
	fake := kafkatest.StartFake(t, 1, kfake.EnableSASL(), kfake.Superuser("PLAIN", "me", "right"))
	lifetime := int64(0)
	fake.Rewrite(kmsg.SASLAuthenticate, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.SASLAuthenticateResponse).SessionLifetimeMillis = lifetime
	})
	p, n, tally := startPool(t, fake, func(cfg *kafkaconfig.Config) {
		cfg.Auth.SASL = &sasl.Config{Mechanism: "PLAIN", Username: "me", Password: "right"}
	})
	for range 3 {
		_, err := ask(p, n, groups(), countGroups)
		require.NoError(t, err)
	}
	require.Equal(t, 1, fake.Dials(0), "for ever")
	n.dropIdle()
	lifetime = 1000
	_, err := ask(p, n, groups(), countGroups)
	require.NoError(t, err)
	require.Len(t, n.idle, 1)
	assert.WithinDuration(t, time.Now().Add(900*time.Millisecond), n.idle[0].expires, 500*time.Millisecond)
	n.idle[0].expires = time.Now().Add(-time.Millisecond)
	_, err = ask(p, n, groups(), countGroups)
	require.NoError(t, err)
	assert.Equal(t, 3, fake.Dials(0))
	assert.Empty(t, tally.Failures)
}

// Whatever comes on a connection is one answer or an error, and takes no more
// memory than what came.
func FuzzReceive(f *testing.F) {
	f.Add(frameOf(4, 0, 0, 0, 1), 3)
	f.Add(frameOf(99<<20, 0, 0, 0, 1), 1)
	f.Add(frameOf(5, 0, 0, 0, 1), 100)
	f.Add([]byte{0, 0}, 1)
	f.Fuzz(func(t *testing.T, stream []byte, read int) {
		if len(stream) >= lengthBytes && int32(binary.BigEndian.Uint32(stream)) < 0 {
			return // the guard before it refuses that
		}
		b := &buffer{bytes: make([]byte, 0, 16)}
		from := &slowReader{stream, 1 + abs(read)%64}
		var answer []byte
		_, err := b.receiveSize(from)
		if err == nil {
			answer, err = b.receive(from)
		}
		assert.LessOrEqual(t, cap(b.bytes), max(16, 2*len(stream)))
		if err == nil {
			end := lengthBytes + int(binary.BigEndian.Uint32(stream))
			assert.Equal(t, string(stream[lengthBytes:end]), string(answer))
		}
	})
}

// slowReader reads some bytes at a time.
type slowReader struct {
	bytes []byte
	most  int
}

func (r *slowReader) Read(p []byte) (int, error) {
	if len(r.bytes) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.most)], r.bytes)
	r.bytes = r.bytes[n:]
	return n, nil
}
