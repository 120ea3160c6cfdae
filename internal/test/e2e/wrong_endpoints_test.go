// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Addresses that lead to no Kafka, or to none that answers this login: one line
// for each, of where and why, however many scrapes fail. The collector goes on.
func TestE2ENamesWhatDoesNotAnswer(t *testing.T) {
	kafka := startKafka(t)
	wrong := []struct{ name, address, cause string }{
		{"nobody", nobody(t), "nothing listens there"},
		{"nameless", "kafka.invalid:9092", "the name does not resolve"},
		{"locked", kafkatest.StartFake(t, 1, kfake.EnableSASL()).Brokers()[0], "a SASL login is missing"},
	}
	for _, noise := range kafkatest.Noises {
		cause := map[string]string{
			"HTTP":      "an HTTP server listens there",
			"SSH":       "an SSH server listens there",
			"TLS alert": "a TLS port spoken to in plain text",
			"2 GiB":     "no Kafka broker listens there",
			"4 GiB":     "no Kafka broker listens there",
			"nothing":   "it accepts connections but does not answer",
			"goodbye":   "it closed the connection before any answer",
		}[noise.Name]
		require.NotEmpty(t, cause, noise.Name)
		name := strings.ReplaceAll(noise.Name, " ", "-")
		wrong = append(wrong, struct{ name, address, cause string }{name, kafkatest.StartNoise(t, noise).Addr(), cause})
	}

	receivers, ids := "", []string{"kafkalag"}
	for _, w := range wrong {
		ids = append(ids, "kafkalag/"+w.name)
		limit := "5s"
		if w.name == "nothing" {
			limit = "500ms" // which each scrape waits for
		}
		receivers += fmt.Sprintf("  kafkalag/%s: {brokers: [%q], collection_interval: 1s, request_timeout: %s}\n", w.name, w.address, limit)
	}
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"), writeFile(t, "wrong.yaml",
		"receivers:\n"+receivers+"service: {pipelines: {metrics: {receivers: ["+strings.Join(ids, ", ")+"]}}}\n"))

	const enough = 4 // failed scrapes of each
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		errors := c.self(now).sums("otelcol_kafkalag_request_errors", "receiver")
		for _, id := range ids[1:] {
			assert.GreaterOrEqual(now, errors[id], float64(enough), id)
		}
	}, patience, tick)
	log := c.log.String()
	for _, w := range wrong {
		lines := linesOf(log, "kafkalag/"+w.name)
		if assert.Len(t, lines, 1, w.name) {
			assert.Contains(t, lines[0], strconv.Quote(w.address), w.name)
			assert.Contains(t, lines[0], w.cause, w.name)
		}
	}
	assert.Empty(t, linesOf(log, "kafkalag"), "the receiver that is well")
	for line := range strings.Lines(log) {
		assert.Regexp(t, `^\d{4}-\d\d-\d\dT`, line, "a line of its own, not one of a stack trace")
	}
	assert.Equal(t, billingLag, c.scrape(t).values(t, "kafka_consumer_group_lag", lagLabels...))
	assert.Less(t, c.peakMemory(t), 200<<20, "bytes")
}

// linesOf gives a component's lines.
func linesOf(log, id string) []string {
	var lines []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, fmt.Sprintf(`"otelcol.component.id": %q`, id)) {
			lines = append(lines, line)
		}
	}
	return lines
}

// peakMemory is the most memory that the process ever had, in bytes, or 0
// where the system does not say.
func (c *collector) peakMemory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.process.PID()))
	if os.IsNotExist(err) {
		return 0
	}
	require.NoError(t, err)
	found := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	require.NotNil(t, found)
	kilobytes, err := strconv.Atoi(string(found[1]))
	require.NoError(t, err)
	return kilobytes << 10
}
