// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// listing is a ListGroups of some version, and what reads its answer.
func listing(version int16) (Request, func(*Reader) string) {
	request := Request{Request: kmsg.NewPtrListGroupsRequest(), Max: 5, Throttle: 1}
	request.SetVersion(version)
	return request, func(r *Reader) string {
		r.Int16()
		group := ""
		for range r.Each(Size{Strings: 2}) {
			group = r.String()
			r.Text()
			if r.Version >= 4 {
				r.Text()
			}
			if r.Version >= 5 {
				r.Text()
			}
		}
		return group
	}
}

func answerTo(version int16, throttle int32) []byte {
	answer := kmsg.NewPtrListGroupsResponse()
	answer.SetVersion(version)
	answer.ThrottleMillis = throttle
	group := kmsg.NewListGroupsResponseGroup()
	group.Group, group.GroupState = "g", "Stable"
	answer.Groups = []kmsg.ListGroupsResponseGroup{group}
	frame := []byte{0, 0, 0, 7}
	if answer.IsFlexible() {
		frame = append(frame, 0)
	}
	return answer.AppendTo(frame)
}

func TestDecode(t *testing.T) {
	for version, throttle := range map[int16]time.Duration{
		0: 0,
		1: 0, // the broker has waited itself
		2: 1500 * time.Millisecond, 3: 1500 * time.Millisecond, 5: 1500 * time.Millisecond,
	} {
		request, decode := listing(version)
		group, got, err := Decode(t.Context(), request, 7, answerTo(version, 1500), decode)
		require.NoError(t, err)
		assert.Equal(t, "g", group, "version %d", version)
		assert.Equal(t, throttle, got, "version %d", version)
	}
	request, decode := listing(5)
	_, throttle, err := Decode(t.Context(), request, 7, answerTo(5, -1), decode)
	require.NoError(t, err)
	assert.Zero(t, throttle)
}

func TestDecodeWhatIsNoAnswer(t *testing.T) {
	request, decode := listing(5)
	whole := answerTo(5, 0)
	for name, tt := range map[string]struct {
		correlation int32
		frame       []byte
		want        error
	}{
		"another's":      {8, whole, errCorrelation},
		"empty":          {7, nil, errCorrelation},
		"cut short":      {7, whole[:len(whole)-3], errTruncated},
		"with more":      {7, append(slices.Clip(whole), 0), errLeftOver},
		"of its id only": {7, whole[:4], errTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			group, _, err := Decode(t.Context(), request, tt.correlation, tt.frame, decode)
			assert.Empty(t, group)
			require.ErrorIs(t, err, tt.want)
			malformed, ok := errors.AsType[*MalformedError](err)
			require.True(t, ok)
			assert.Equal(t, "ListGroups", malformed.API)
		})
	}
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	_, _, err := Decode(ctx, request, 7, whole, decode)
	assert.Equal(t, gone, err, "which is nobody's fault")
}

func TestDecodeVersions(t *testing.T) {
	answer := kmsg.NewPtrApiVersionsResponse()
	answer.ThrottleMillis = 1500
	answer.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: 3, MinVersion: 1, MaxVersion: 12}, {ApiKey: 9, MaxVersion: 2}}
	for version, want := range map[int16]time.Duration{0: 0, 1: 0, 2: 1500 * time.Millisecond, 4: 1500 * time.Millisecond} {
		answer.SetVersion(version)
		versions, throttle, ok := DecodeVersions(answer.AppendTo(nil), version)
		assert.True(t, ok)
		assert.Equal(t, Versions{3: {1, 12}, 9: {0, 2}}, versions)
		assert.Equal(t, want, throttle)
	}
	answer.ErrorCode = 35
	_, _, ok := DecodeVersions(answer.AppendTo(nil), 4)
	assert.False(t, ok)
	_, _, ok = DecodeVersions([]byte{0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}, 4)
	assert.False(t, ok)
}

func TestDecodeSession(t *testing.T) {
	answer := kmsg.NewPtrSASLAuthenticateResponse()
	session := func(version int16, millis int64, code int16) time.Duration {
		answer.SetVersion(version)
		answer.SessionLifetimeMillis, answer.ErrorCode = millis, code
		body := answer.AppendTo(nil)
		if answer.IsFlexible() {
			body = append([]byte{0}, body...) // the header's tags
		}
		return DecodeSession(body, version)
	}
	assert.Zero(t, session(0, 5000, 0), "version 0 has no lifetime")
	assert.Equal(t, 5*time.Second, session(1, 5000, 0))
	assert.Equal(t, 5*time.Second, session(2, 5000, 0))
	assert.Zero(t, session(2, 0, 0), "for ever")
	assert.Zero(t, session(2, -1, 0))
	assert.Zero(t, session(2, 1<<62, 0), "longer than any number of time")
	assert.Zero(t, session(2, 5000, 58), "refused")
	assert.Zero(t, DecodeSession([]byte{0}, 2), "cut short")
}
