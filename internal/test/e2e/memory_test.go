// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/soak"
)

// emptyElements is an answer that is one array of empty elements.
type emptyElements struct {
	api             kmsg.Key
	before, element []byte
}

// largeAnswers is those that grow with a cluster, in the newest versions that the
// receiver knows. An empty string or array is a 1, an absent one a 0.
var largeAnswers = []emptyElements{
	{kmsg.Metadata, []byte{0, 0, 0, 0, 1, 0, 0, 0, 0, 0}, slices.Concat(make([]byte, 2), []byte{1}, make([]byte, 17), []byte{1}, make([]byte, 5))},
	{kmsg.OffsetFetch, make([]byte, 4), []byte{1, 1, 0, 0, 0}},
	{kmsg.ListOffsets, make([]byte, 4), []byte{1, 1, 0}},
	{kmsg.DescribeGroups, make([]byte, 4), []byte{0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0}},
}

// body is an answer of about size bytes.
func (e emptyElements) body(size int) []byte {
	n := size / len(e.element)
	body := kbin.AppendUvarint(slices.Clone(e.before), uint32(n+1))
	return append(append(body, bytes.Repeat(e.element, n)...), 0) // no tags
}

// Under the memory limit of the systemd unit (GOMEMLIMIT is 819 MiB of 1 GiB),
// answers of 20 MB that are almost empty leave room.
func TestE2ESoakMemoryOfHostileAnswers(t *testing.T) {
	if runtime.GOOS != "linux" {
		kafkatest.Lacks(t, "e2e", "the peak memory of the collector is read from Linux's /proc")
	}
	const size, limit = 20 << 20, 600 << 20
	answers := 6
	if soak.Full() {
		answers = 100
	}
	kafka := startKafka(t)
	c := start(t, append(brokersEnv(kafka.Brokers()...), "GOMEMLIMIT=819MiB"), shipped("default.yaml"))
	lags := func(now *assert.CollectT, found families) {
		assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
	}
	c.eventually(t, lags)
	t.Logf("peak memory before: %d MiB", peakOf(t, c.process.PID())>>20)
	for _, large := range largeAnswers {
		kafka.AnswerBytes(large.api, large.body(size))
		enough := bytesReceived(t, c) + float64(answers*size)
		require.EventuallyWithT(t, func(now *assert.CollectT) { assert.GreaterOrEqual(now, bytesReceived(now, c), enough) }, 10*patience, tick)
		kafka.Honest()
		t.Logf("peak memory after %d answers to %s: %d MiB", answers, large.api.Name(), peakOf(t, c.process.PID())>>20)
		c.eventually(t, lags)
	}
	assert.Less(t, peakOf(t, c.process.PID()), limit)
}

// bytesReceived is how many bytes the collector has received from brokers.
func bytesReceived(t require.TestingT, c *collector) float64 {
	return c.self(t).sums("otelcol_kafkalag_io", "direction")["received"]
}

// peakOf is the most memory that a process has had resident so far, in bytes.
func peakOf(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.Fields(rest)[0])
			require.NoError(t, err)
			return kib << 10
		}
	}
	t.Fatalf("process %d has no VmHWM", pid)
	return 0
}
