// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// A ZooKeeper that hangs costs one time-out, and no scrape is silent about it.
// One that refuses is found as soon as it is back.
func TestSourceThatHangsIsWaitedForOnce(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	proxy := kafkatest.StartProxy(t, silent.Addr().String())
	all := func(string) bool { return true }
	source := NewSource(Config{Servers: []string{proxy.Addr()}, SessionTimeout: 10 * time.Second}, all, 100*time.Millisecond, zap.NewNop())
	defer source.Close()
	read := func() cluster.Failure {
		r := source.read(t.Context(), all)
		require.Len(t, r.failures, 1)
		return r.failures[0]
	}
	first := read()
	assert.Equal(t, cluster.CodeNoAnswer, first.Code)
	assert.NotContains(t, first.Err.Error(), "not waited for")

	source.timeout = time.Minute // of the trials from now on
	before := time.Now()
	for range 3 {
		again := read()
		assert.Equal(t, cluster.CodeNoAnswer, again.Code)
		assert.Contains(t, again.Err.Error(), "not waited for")
	}
	require.Eventually(t, func() bool { // a trial with the new limit
		read()
		return proxy.Dials() >= 3
	}, 10*time.Second, 10*time.Millisecond)
	assert.Less(t, time.Since(before), source.timeout/2)

	require.NoError(t, silent.Close())
	proxy.Close() // nothing listens any more
	require.Eventually(t, func() bool { return read().Code == cluster.CodeNoConnection }, 10*time.Second, 10*time.Millisecond)
	assert.False(t, source.trial.Running())
}
