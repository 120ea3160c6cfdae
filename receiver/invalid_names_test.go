// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// A broker that keeps the bytes of a name is asked with these bytes, and the recorded
// name is valid.
func TestGroupNamesThatAreNotUTF8(t *testing.T) {
	fake := seeded(t)
	for _, group := range []string{"odd\xff", "odd\xfe", "lone\xc3"} {
		fake.Commit(t, group, map[string]map[int32]int64{"orders": {0: 7}})
	}
	core, logs := observer.New(zapcore.WarnLevel)
	metrics, scraped := runLogging(t, fakeConfig(fake), zap.New(core))
	got := <-scraped
	require.NoError(t, metrics.Shutdown(t.Context()))
	assert.Empty(t, metrictest.InvalidTexts(got))
	assert.Equal(t, map[string]int64{
		"group=billing": 4, "group=shipping": 25,
		"group=lone\uFFFD":                 3,
		"group=odd\uFFFD-9e5542727bf27359": 3,
		"group=odd\uFFFD-a1894feb0094828f": 3,
	}, metrictest.Points(got)["kafka.consumer_group.lag_max"])
	lines := logs.FilterMessageSnippet("not valid UTF-8").All()
	require.Len(t, lines, 1)
	assert.Equal(t, map[string]any{"names": int64(3), "first": []any{`"lone\xc3"`, `"odd\xfe"`, `"odd\xff"`}}, lines[0].ContextMap())
}
