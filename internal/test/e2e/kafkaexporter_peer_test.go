// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

// Where kafka_exporter is on the PATH, its page and ours show the same, but for
// what docs/from-kafka-exporter.md lists as different.
func TestE2EAgreesWithKafkaExporter(t *testing.T) {
	program, err := exec.LookPath("kafka_exporter")
	if err != nil {
		t.Skip("kafka_exporter is not on the PATH")
	}
	kafka := startExporterCluster(t)
	page := startKafkaExporter(t, program, kafka.Brokers())
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("kafka-exporter.yaml"))
	whole := c.awaitSeries(t, func() series { return corrected(t, kafkaExporterPage(t, page)) })

	kafka.Broker(2).Kill(t)
	c.awaitSeries(t, func() series { return withHeld(t, corrected(t, kafkaExporterPage(t, page)), whole) })
}

// startKafkaExporter runs it until the test ends, and returns its page's URL.
func startKafkaExporter(t *testing.T, program string, brokers []string) string {
	t.Helper()
	address := nobody(t)
	args := []string{"--web.listen-address=" + address, "--refresh.metadata=1s"}
	for _, broker := range brokers {
		args = append(args, "--kafka.server="+broker)
	}
	log := filepath.Join(t.TempDir(), "log")
	process, err := child.Run(log, program, args...)
	require.NoError(t, err)
	t.Cleanup(func() {
		process.Kill()
		if t.Failed() {
			t.Logf("the end of kafka_exporter's log:\n%s", child.Tail(log, 20))
		}
	})
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + address + "/healthz")
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil
	}, patience, tick)
	return fmt.Sprintf("http://%s/metrics", address)
}

// kafkaExporterPage leaves out the metrics of the process.
func kafkaExporterPage(t *testing.T, url string) series {
	t.Helper()
	found := scrapeURL(t, url)
	maps.DeleteFunc(found, func(name string, _ *dto.MetricFamily) bool {
		return !strings.HasPrefix(name, "kafka_") || name == "kafka_exporter_build_info"
	})
	return found.series(t)
}

var partitionLabel = regexp.MustCompile(`partition="\d+",`)

// corrected is kafka_exporter's page with right numbers: nothing where nothing
// is committed, no lag below 0, sums that follow from these, and the members of
// groups of KIP-848.
func corrected(t *testing.T, theirs series) series {
	t.Helper()
	const offset, lag = "kafka_consumergroup_current_offset", "kafka_consumergroup_lag"
	ours := maps.Clone(theirs)
	for key, value := range theirs {
		labels, isOffset := strings.CutPrefix(key, offset+"{")
		if !isOffset {
			continue
		}
		lagKey, ofTopic := lag+"{"+labels, partitionLabel.ReplaceAllString(labels, "")
		if value == -1 {
			delete(ours, key)
			delete(ours, lagKey)
			ours[offset+"_sum{"+ofTopic]++
		} else if negative := min(theirs[lagKey], 0); negative < 0 {
			ours[lagKey] = 0
			ours[lag+"_sum{"+ofTopic] -= negative
		}
	}
	members := seriesKey("kafka_consumergroup_members", map[string]string{"consumergroup": "modern"})
	require.Zero(t, theirs[members])
	ours[members] = 1
	return ours
}
