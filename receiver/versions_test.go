// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// One configuration, without a version, reads every Kafka. What an old one
// cannot report is absent: docs/compatibility.md lists it, and is compared with what is
// seen here (write it anew with -update).
func TestIntegrationVersions(t *testing.T) {
	versions := []string{"0.10.2.2", "0.11.0.3", "2.8.2", "3.9.1", "4.2.0", "4.3.1", "4.4.0"}
	require.ElementsMatch(t, jars.Versions(), versions)
	reported := readVersions(t, versions)
	table := compatibility(versions, reported)
	t.Log("\n" + table)
	requireTable(t, "../docs/compatibility.md", table)
}

// readVersions checks the versions in parallel, since each mostly waits for its
// brokers, and returns by version the names of what it reports.
func readVersions(t *testing.T, versions []string) map[string]map[string]bool {
	t.Helper()
	var mu sync.Mutex
	reported := make(map[string]map[string]bool, len(versions))
	t.Run("versions", func(t *testing.T) { // ends when all of them have
		for _, version := range versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				reports := readVersion(t, version)
				mu.Lock()
				defer mu.Unlock()
				reported[version] = reports
			})
		}
	})
	return reported
}

// readVersion checks one version and returns the names of what it reports.
func readVersion(t *testing.T, version string) map[string]bool {
	t.Helper()
	kafka := kafkatest.Start(t, kafkatest.Options{
		Version: version, Racks: []string{"east"}, Properties: map[string]string{"log.retention.ms": "7200000"},
	})
	kafka.CreateTopic(t, "orders", 4, 1, map[string]string{"retention.ms": "3600000", "retention.bytes": "1000000"})
	kafka.ProduceEach(t, "orders", 10, 20, 30)
	kafka.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 6, 1: 20}})
	kafka.Commit(t, "shipping", map[string]map[int32]int64{"orders": {2: 5}})
	kafka.Join(t, "shipping", "orders")
	kafka.JoinConsumer(t, "modern", "orders")
	kafka.Commit(t, "idle", map[string]map[int32]int64{"orders": {0: 10, 1: 20, 2: 30}})

	cfg := newConfig()
	cfg.Brokers, cfg.InitialDelay = kafka.Brokers(), 0
	metrictest.EnableAll(&cfg.Metrics)
	if server := kafka.ZooKeeper(); server != "" {
		kafka.CommitToZooKeeper(t, "old", map[string]map[int32]int64{"orders": {0: 1}})
		cfg.ZooKeeper.Servers = []string{server}
	}
	if version >= firstWithNewGroups {
		shareOrders(t, kafka, cfg)
		kafka.JoinStreams(t, "counting", "orders")
	}
	if version >= firstWithTransactions {
		kafka.ProduceInOpenTransaction(t, "orders", 3, 1)
	}
	core, logs := observer.New(zapcore.WarnLevel)
	cfg.CollectionInterval = time.Second
	scraped := nthScrape(t, cfg, zap.New(core), 6) // a rate takes two; a record is dated between two, or some later
	assert.Empty(t, logs.All(), "nothing to complain about")

	got := metrictest.Points(scraped)
	assert.Equal(t, map[string]int64{
		"group=billing topic=orders partition=0":  4,
		"group=billing topic=orders partition=1":  0,
		"group=idle topic=orders partition=0":     0,
		"group=idle topic=orders partition=1":     0,
		"group=idle topic=orders partition=2":     0,
		"group=shipping topic=orders partition=2": 25,
	}, got["kafka.consumer_group.lag"])
	assert.Equal(t, map[string]int64{"group=billing": 0, "group=idle": 0, "group=modern": 1, "group=shipping": 1}, got["kafka.consumer_group.members"])
	assert.Equal(t, []int64{1}, valuesOf(got["kafka.broker.info"]))
	for name, want := range map[string]int64{
		"kafka.broker.log_retention_period": 7200, "kafka.topic.log_retention_period": 3600,
		"kafka.topic.log_retention_size": 1000000, "kafka.topic.min_insync_replicas": 1, "kafka.consumer_group.zookeeper.lag": 9,
	} {
		if _, known := got[name]; known {
			assert.Equal(t, []int64{want}, valuesOf(got[name]), name)
		}
	}

	cfg.OnlyAssignedPartitions = true
	assert.Equal(t, map[string]int64{"group=shipping topic=orders partition=2": 25},
		metrictest.Points(scrapeOnce(t, cfg))["kafka.consumer_group.lag"], "of live members alone")
	cfg.OnlyAssignedPartitions, cfg.GroupStates = false, []string{"Empty"}
	assert.Equal(t, map[string]int64{"group=billing": 4, "group=idle": 0},
		metrictest.Points(scrapeOnce(t, cfg))["kafka.consumer_group.lag_max"], "of groups without members")
	return reportedBy(scraped)
}

const (
	firstWithTransactions = "0.11.0.3"
	// firstWithNewGroups is the first version with share groups and streams groups.
	firstWithNewGroups = "4.2.0"
)

// shareOrders has a share group complete all records, and waits for its coordinator
// to count that none are left.
func shareOrders(t *testing.T, kafka *kafkatest.Cluster, cfg *Config) {
	t.Helper()
	kafka.ReadFromStart(t, "workers")
	kafka.ShareConsume(t, "workers", "orders", 60)
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		assert.Equal(now, map[string]int64{"group=workers topic=orders": 0}, metrictest.Points(scrapeOnce(t, cfg))["kafka.share_group.lag_sum"])
	}, time.Minute, time.Second)
}

func valuesOf(points map[string]int64) []int64 {
	var values []int64
	for _, value := range points {
		values = append(values, value)
	}
	return values
}

// What a version may report beside metrics.
const (
	clusterIDReported = "`kafka.cluster.id`"
	groupTypeReported = "the type of a group"
)

// reportedBy names the metrics that have a point, and what else is reported.
func reportedBy(scraped pmetric.Metrics) map[string]bool {
	reported := map[string]bool{}
	got := metrictest.Points(scraped)
	for name := range got {
		reported["`"+name+"`"] = true
	}
	for attributes := range got["kafka.consumer_group.info"] {
		reported[groupTypeReported] = !strings.Contains(attributes, "type= ")
	}
	_, reported[clusterIDReported] = scraped.ResourceMetrics().At(0).Resource().Attributes().Get("kafka.cluster.id")
	return reported
}

// notUnderWay is the metrics of what does not happen in these clusters: below the table,
// the page says which versions report it.
var notUnderWay = inCode([]string{"kafka.partition.eligible_leader_replicas", "kafka.partition.reassigning"})

// compatibility is a table of what each version reports: what is on by default in
// one row, but for what a version lacks, and the rest.
func compatibility(versions []string, reported map[string]map[string]bool) string {
	defaults := inCode(metrictest.Enabled(metadata.DefaultMetricsConfig()))
	rows := []string{clusterIDReported, groupTypeReported}
	var all metadata.MetricsConfig
	metrictest.EnableAll(&all)
	for _, name := range inCode(metrictest.Enabled(all)) {
		if slices.Contains(notUnderWay, name) {
			continue
		}
		if !slices.Contains(defaults, name) || slices.ContainsFunc(versions, func(version string) bool { return !reported[version][name] }) {
			rows = append(rows, name)
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "| | %s |\n|---%s|\n", strings.Join(versions, " | "), strings.Repeat("|:-:", len(versions)))
	row := func(name string, holds func(version string) bool) {
		fmt.Fprintf(&table, "| %s ", name)
		for _, version := range versions {
			fmt.Fprintf(&table, "| %s ", map[bool]string{true: "✓", false: "–"}[holds(version)])
		}
		table.WriteString("|\n")
	}
	row("every other metric that is on by default", func(string) bool { return true })
	for _, name := range rows {
		row(name, func(version string) bool { return reported[version][name] })
	}
	return table.String()
}

// inCode writes names as the table does.
func inCode(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "`" + name + "`"
	}
	return quoted
}

var update = flag.Bool("update", false, "write the table anew")

// requireTable compares the part of a page between two marks with table.
func requireTable(t *testing.T, page, table string) {
	t.Helper()
	const begin, end = "<!-- begin: what each version reports -->\n", "<!-- end -->"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found, page)
	written, after, found := strings.Cut(rest, end)
	require.True(t, found, page)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(before+begin+table+end+after), 0o600))
		return
	}
	require.Equal(t, table, written, "%s is out of date: run this test with -update", page)
}
