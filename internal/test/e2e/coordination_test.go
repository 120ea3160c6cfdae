// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/soak"
)

const (
	fleetInterval = time.Second
	fleetSession  = 6 * time.Second
	// fleetHeartbeat is the time between two heartbeats of a collector.
	fleetHeartbeat = time.Second
	// grace is what a busy machine adds.
	grace = 10 * time.Second
)

// TestE2ESoakSeveralCollectorsAreOne has three collectors share a real cluster while
// they are restarted, killed, stopped and cut off, and while the broker dies that
// coordinates them. No series is ever reported by two of them, and none is missing for
// longer than docs/several-collectors.md says.
func TestE2ESoakSeveralCollectorsAreOne(t *testing.T) {
	versions, intervals := []string{kafkatest.DefaultVersion}, 0
	if soak.Full() {
		versions, intervals = []string{"2.8.2", kafkatest.DefaultVersion}, 200
	}
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			kafkatest.NeedReal(t, version)
			shareUnderTrouble(t, version, intervals)
		})
	}
}

func shareUnderTrouble(t *testing.T, version string, intervals int) {
	t.Helper()
	f := newFleet(t, version)
	began := time.Now()
	for round := 0; round == 0 || time.Since(began) < time.Duration(intervals)*fleetInterval; round++ {
		f.phase(t, "restarted one by one", 2*fleetInterval+5*time.Second, func() {
			for i := range f.members {
				f.members[i].stop(t)
				f.members[i] = f.start(t, i)
				f.awaitAll(t, time.Now())
			}
		})
		takeover := fleetSession + fleetHeartbeat + 2*fleetInterval
		f.phase(t, "killed", takeover, func() {
			f.members[0].exit = -1 // a signal
			f.members[0].process.Kill()
			f.members[0] = f.start(t, 0)
		})
		f.phase(t, "stopped with SIGSTOP", takeover, func() {
			require.NoError(t, f.members[1].process.Signal(syscall.SIGSTOP))
			f.awaitAll(t, time.Now())
			require.NoError(t, f.members[1].process.Signal(syscall.SIGCONT))
		})
		f.phase(t, "cut off from the coordinator", takeover, func() {
			proxy := f.kafka.Broker(f.coordinator(t)).Proxy(fleetListener)
			proxy.Hang()
			f.awaitAll(t, time.Now())
			proxy.Restore()
		})
		f.phase(t, "the coordinator's broker killed", time.Minute, func() {
			broker := f.kafka.Broker(f.coordinator(t))
			broker.Kill(t)
			f.awaitAll(t, time.Now())
			broker.Start(t)
		})
	}
	assert.Empty(t, f.sink.overlaps(), "reports of a collector between two of another one")
}

// fleetListener is that of the collector that is cut off: a proxy before each broker.
const fleetListener = "CUT"

// fleet is three collectors, and what they report.
type fleet struct {
	kafka   *kafkatest.Cluster
	sink    *exits
	members []*collector
	started int
	keys    []string // of all that is to be reported
}

func newFleet(t *testing.T, version string) *fleet {
	t.Helper()
	f := &fleet{sink: newExits(t), kafka: kafkatest.Start(t, kafkatest.Options{
		Version: version, Brokers: 3,
		Listeners: []kafkatest.Listener{{Name: fleetListener, Protocol: "PLAINTEXT", Proxied: true}},
	})}
	f.keys = []string{"kafka.brokers"}
	for i := range 4 {
		topic := fmt.Sprint("topic-", i)
		f.kafka.CreateTopic(t, topic, 3, 3, nil)
		f.kafka.ProduceEach(t, topic, 1, 2, 3)
		f.keys = append(f.keys, "kafka.topic.partitions "+topic)
		for j := range 4 {
			group := fmt.Sprintf("group-%d-%d", i, j)
			f.kafka.Commit(t, group, map[string]map[int32]int64{topic: {0: 1, 1: 1, 2: 1}})
			f.keys = append(f.keys, "kafka.consumer_group.lag_max "+group)
		}
	}
	for i := range 3 {
		f.members = append(f.members, f.start(t, i))
	}
	f.awaitAll(t, time.Now())
	return f
}

// start starts the i-th collector. The last one reaches the brokers through the proxies.
func (f *fleet) start(t *testing.T, i int) *collector {
	t.Helper()
	brokers := f.kafka.Brokers()
	if i == 2 {
		brokers = f.kafka.Addresses(fleetListener)
	}
	f.started++
	c := &collector{}
	c.run(t, nil, writeFile(t, "shared.yaml", fmt.Sprintf(`
receivers:
  kafkalag:
    brokers: [%q]
    collection_interval: %v
    initial_delay: 0s
    request_timeout: 2s
    coordination: {group_id: collectors, session_timeout: %v}
exporters:
  otlp_http:
    endpoint: %s/%d
    compression: none
    sending_queue: {enabled: false}
    retry_on_failure: {enabled: false}
service: {pipelines: {metrics: {receivers: [kafkalag], exporters: [otlp_http]}}}
`, strings.Join(brokers, ","), fleetInterval, fleetSession, f.sink.url, f.started)), c.portsConfig(t))
	return c
}

// phase has something happen and looks how long anything was missing.
func (f *fleet) phase(t *testing.T, name string, bound time.Duration, happen func()) {
	t.Helper()
	began := time.Now()
	happen()
	f.awaitAll(t, time.Now())
	key, gap := f.sink.longestGap(f.keys, began)
	t.Logf("%s: nothing missing for longer than %v (%s)", name, gap.Round(10*time.Millisecond), key)
	assert.LessOrEqual(t, gap, bound+grace, name)
}

// awaitAll waits until everything was reported three times since then.
func (f *fleet) awaitAll(t *testing.T, since time.Time) {
	t.Helper()
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		for _, key := range f.keys {
			assert.GreaterOrEqual(now, f.sink.count(key, since), 3, key)
		}
	}, 2*patience, tick)
}

// coordinator returns the broker that coordinates the collectors.
func (f *fleet) coordinator(t *testing.T) int32 {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(f.kafka.Brokers()...))
	require.NoError(t, err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	found := kadm.NewClient(client).FindGroupCoordinators(ctx, "collectors")
	require.NoError(t, found.Error())
	return found["collectors"].NodeID
}

// exits receives what collectors hand on, each at an address of its own. They have no
// queue: a report arrives when it is handed on.
type exits struct {
	url string

	mu      sync.Mutex
	reports map[string][]report // by metric and name
}

type report struct {
	at time.Time
	by string
}

func newExits(t *testing.T) *exits {
	t.Helper()
	e := &exits{reports: map[string][]report{}}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	e.url = server.URL
	return e
}

func (e *exits) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	body, err := io.ReadAll(r.Body)
	request := pmetricotlp.NewExportRequest()
	if err == nil {
		err = request.UnmarshalProto(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e.add(report{at, strings.Split(r.URL.Path, "/")[1]}, request.Metrics())
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// add notes what a message is about.
func (e *exits) add(r report, message pmetric.Metrics) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, attribute := range map[string]string{
		"kafka.brokers": "", "kafka.topic.partitions": "topic", "kafka.consumer_group.lag_max": "group",
	} {
		for _, metric := range metricsOf(message, name) {
			for _, point := range numbersOf(metric).All() {
				key := name
				if value, named := point.Attributes().Get(attribute); named {
					key += " " + value.Str()
				}
				e.reports[key] = append(e.reports[key], r)
			}
		}
	}
}

func numbersOf(metric pmetric.Metric) pmetric.NumberDataPointSlice {
	if metric.Type() == pmetric.MetricTypeSum {
		return metric.Sum().DataPoints()
	}
	return metric.Gauge().DataPoints()
}

func (e *exits) count(key string, since time.Time) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.reports[key] {
		if r.at.After(since) {
			n++
		}
	}
	return n
}

// longestGap returns for how long something was not reported at most, and what.
func (e *exits) longestGap(keys []string, since time.Time) (longest string, gap time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, key := range keys {
		for i, r := range e.reports[key] {
			if i == 0 || r.at.Before(since) {
				continue
			}
			if d := r.at.Sub(e.reports[key][i-1].at); d > gap {
				longest, gap = key, d
			}
		}
	}
	return longest, gap
}

// overlaps lists the reports that one collector made between two consecutive scrapes of
// another. A group that is handed over and back takes longer than that.
func (e *exits) overlaps() (found []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for key, reports := range e.reports {
		last := map[string]int{}
		for i, r := range reports {
			before, known := last[r.by]
			if known && before < i-1 && r.at.Sub(reports[before].at) < fleetInterval*3/2 {
				found = append(found, fmt.Sprintf("%s at %v by %v", key, r.at, reports[before:i+1]))
			}
			last[r.by] = i
		}
	}
	return found
}
