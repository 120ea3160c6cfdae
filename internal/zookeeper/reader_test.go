// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"context"
	"net"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func newReader(t *testing.T, servers ...string) *Reader {
	t.Helper()
	return NewReader(Config{Servers: servers, SessionTimeout: 5 * time.Second}, zap.NewNop())
}

// except wants all names but these.
func except(unwanted ...string) func(string) bool {
	return func(name string) bool { return !slices.Contains(unwanted, name) }
}

// readFailing reads where there is no ZooKeeper, and gives the one failure.
func readFailing(ctx context.Context, t *testing.T, servers ...string) cluster.Failure {
	t.Helper()
	groups, failures := newReader(t, servers...).Groups(ctx, except(), except())
	assert.Empty(t, groups)
	require.Len(t, failures, 1)
	assert.Equal(t, "ZooKeeper", failures[0].API)
	return failures[0]
}

// refusing is an address at which nothing listens, of a port that no connection takes meanwhile.
func refusing(t *testing.T) string {
	t.Helper()
	port, err := kafkatest.FreePort()
	require.NoError(t, err)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// Nobody is tried over and over until the time is up.
func TestNothingListens(t *testing.T) {
	f := readFailing(t.Context(), t, refusing(t), refusing(t))
	assert.Equal(t, cluster.CodeNoConnection, f.Code)
	assert.Contains(t, f.Cause, "nothing listens there")
}

func TestUnknownName(t *testing.T) {
	f := readFailing(t.Context(), t, "zookeeper.invalid:2181")
	assert.Equal(t, cluster.CodeNoConnection, f.Code)
}

func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	f := readFailing(ctx, t, l.Addr().String())
	assert.Equal(t, cluster.CodeNoAnswer, f.Code)
}

// A port that speaks something else costs neither memory nor more time than the
// reading has.
func TestOtherAnswers(t *testing.T) {
	for _, noise := range kafkatest.Noises {
		t.Run(noise.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			address := kafkatest.StartNoise(t, noise).Addr()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f := readFailing(ctx, t, address)
			runtime.ReadMemStats(&after)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(50<<20))
			if noise.Name == "HTTP" {
				assert.Equal(t, "no ZooKeeper listens there", f.Cause)
				assert.ErrorContains(t, f.Err, `it begins with "HTTP"`)
			}
		})
	}
}

func TestValidationErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg  Config
		want []string
	}{
		"nothing to read": {Config{SessionTimeout: time.Second}, nil},
		"right":           {Config{Servers: []string{"z:2181"}, Chroot: "/kafka", SessionTimeout: time.Second}, nil},
		"every mistake": {
			Config{Servers: []string{"z", "z:2181", ":1"}, Chroot: "kafka", SessionTimeout: time.Millisecond},
			[]string{
				`"zookeeper.servers" has "z": must be host:port`,
				`"zookeeper.servers" has ":1": must be host:port`,
				`"zookeeper.chroot" is "kafka": must be a path that begins with /`,
				`"zookeeper.session_timeout" is 1ms: must be at least 1s`,
			},
		},
		"a password": {
			Config{Servers: []string{"reader:hid", "hidden@z:2181", "hidden"}, SessionTimeout: time.Second},
			[]string{`"zookeeper.servers" has an address with "@", which is not shown: must be host:port`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, mistake := range tt.cfg.ValidationErrors() {
				got = append(got, mistake.Error())
			}
			assert.Equal(t, tt.want, got)
		})
	}
}
