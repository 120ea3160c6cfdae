// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain lets the test binary play the roles of the program, which starts
// itself again, and those of a peer.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "kafka_exporter" {
		playPeer()
		return
	}
	if len(os.Args) == 3 && (os.Args[1] == roleFloor || os.Args[1] == roleReceiver) {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// playPeer serves one series where kafka_exporter would.
func playPeer() {
	flags := flag.NewFlagSet("", flag.ExitOnError)
	address := flags.String("web.listen-address", "", "")
	flags.Func("kafka.server", "", func(string) error { return nil })
	_ = flags.Parse(os.Args[1:]) // exits where it fails
	_ = http.ListenAndServe(*address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "# HELP\nkafka_brokers 3")
	}))
}

// The receiver and the floor send the same requests, but for the search after
// a start. The receiver makes every point that follows from the size.
func TestMeasureInMemory(t *testing.T) {
	z := size{brokers: 3, topics: 7, partitions: 25, replicas: 2, records: 100, groups: 250, commits: 10}
	const rounds = 3
	rows := measureInMemory(t, options{size: z, rounds: rounds, every: 200 * time.Millisecond, budget: 8})
	require.Len(t, rows, 2)
	busy, settled := rows[0], rows[1]
	assert.InDelta(t, 1+3+3+6+3, settled.floor.requests, 0, "metadata, groups, commits, ends and starts, members")
	assert.InDelta(t, settled.floor.requests, settled.requests, 0)
	newLinks := float64(z.brokers * 2) // each of which asks for the id of the cluster
	assert.InDelta(t, settled.floor.requests, busy.requests, newLinks/rounds, "the search is counted apart")
	assert.Positive(t, busy.searches)
	assert.Positive(t, busy.lookups)
	assert.LessOrEqual(t, busy.lookups, 5*8.0, "the budget is of an interval, and a round takes several where the machine stalls; all are 800 a round")
	assert.Zero(t, settled.searches)
	assert.InEpsilon(t, settled.floor.bytes, settled.bytes, 0.01)
	assert.Positive(t, settled.peak)
	assert.GreaterOrEqual(t, settled.points, 2*z.groups*z.commits+8*z.partitions)
}

func measureInMemory(t *testing.T, o options) []row {
	t.Helper()
	o.memory = true
	clusters, err := startClusters(t.Context(), o)
	for _, c := range clusters {
		t.Cleanup(c.stop)
	}
	require.NoError(t, err)
	rows, err := measureReceivers(t.Context(), o, clusters)
	require.NoError(t, err)
	return rows
}

// What a scrape allocates for a group-partition, sending and decoding
// included: its data points above all.
func TestAllocationsOfAScrape(t *testing.T) {
	z := size{brokers: 3, topics: 100, partitions: 1000, replicas: 1, records: 10, groups: 200, commits: 100}
	o := options{size: z, rounds: 3, every: 300 * time.Millisecond}
	rows := measureInMemory(t, o)
	o.memory = true
	bars := o.bars(z, rows[1:]) // with time lag settled
	require.Len(t, bars, 3, "requests, objects and bytes")
	for _, b := range bars {
		assert.True(t, b.met(), "%s: %.4g %s, at most %.4g", b.what, b.seen, b.unit, b.limit)
		assert.Greater(t, b.seen, b.limit/3, "%s: the limit says nothing", b.what)
	}
}

func TestSizesInTurns(t *testing.T) {
	z := size{brokers: 1, topics: 2, partitions: 4, replicas: 1, records: 10, groups: 3, commits: 2}
	o := options{size: z, double: 2, axis: "all", rounds: 2, every: 300 * time.Millisecond, off: "kafka.consumer_group.lag,kafka.consumer_group.time_lag_max"}
	rows := measureInMemory(t, o)
	require.Len(t, rows, 4)
	assert.Equal(t, "in memory, 16 partitions, 24 group-partitions", rows[2].name)
	assert.Equal(t, "in memory, 4 partitions, 6 group-partitions again", rows[3].name)
	assert.Greater(t, rows[2].points, 3*rows[0].points)
	var table strings.Builder
	require.NoError(t, o.printComparison(&table, rows))
	assert.Equal(t, 6, strings.Count(table.String(), "\n"))
	assert.Equal(t, 9, strings.Count(table.String(), "×"))
}

func TestBars(t *testing.T) {
	o, err := parseFlags(nil, io.Discard)
	require.NoError(t, err)
	took := func(wall, cpu time.Duration) []round { return []round{{wall, cpu}} }
	floor := row{rounds: took(100, 0)}
	alone := row{name: "receiver alone", rounds: took(260, 0), cpu: time.Second, peak: 200 << 20, requests: 26, points: 9, objects: 1e6, heap: 1e8, floor: &floor}
	busy := alone
	busy.busy, busy.rounds, busy.lookups = true, took(200, 0), 6000
	collector := row{name: "collector", rounds: took(200, 0), cpu: time.Second, peak: 301 << 20, points: 8, lost: 1, floor: &floor}
	bars := o.bars(standard, []row{busy, alone, collector})
	var failed []string
	for _, b := range bars {
		if !b.met() {
			failed = append(failed, b.what)
		}
	}
	assert.Equal(t, []string{
		"receiver alone, search busy: CPU", "receiver alone, search busy: search budget left or overdrawn", "receiver alone: wall", "receiver alone: CPU",
		"collector: peak memory", "collector: points that did not arrive",
	}, failed)
	var table strings.Builder
	require.EqualError(t, printBars(&table, bars), "limits that are not held: 6 of 14")
	assert.Equal(t, len(failed), strings.Count(table.String(), "FAIL"))
	assert.Equal(t, len(bars)-len(failed), strings.Count(table.String(), "pass"))

	assert.Len(t, o.bars(standard.doubled("all", 1), []row{alone}), 3, "what time another cluster may take is not stated")
	o.kafka = "kafka-1:9092"
	assert.Empty(t, o.bars(standard, []row{alone}), "nothing is known of this one")
}

// What cannot be below zero and is was not measured.
func TestFiguresBelowZeroFail(t *testing.T) {
	assert.True(t, bar{limit: 0, seen: 0}.met())
	assert.False(t, bar{limit: 0, seen: -682}.met())
	assert.False(t, bar{limit: 0, seen: 1}.met())
}

func TestBarsBetweenVersions(t *testing.T) {
	of := func(wall time.Duration) row { return row{rounds: []round{{wall: wall}}} }
	first, twice, four := of(100), of(250), of(390)
	for versions, rows := range map[string][]row{
		"4.2.0,2.8.2,1.1.1":  {first, twice, four},
		"2.8.2,1.1.1,4.2.0":  {twice, four, first},
		"2.8.2,4.2.0,0.11.0": {twice, first, four},
	} {
		var met []bool
		for _, b := range (options{versions: versions}).barsBetween(rows) {
			met = append(met, b.met())
		}
		assert.Equal(t, []bool{true, false}, met, "%s: three times as long as the newest", versions)
	}
}

// Sizes take twice, then four times as much at most.
func TestBarsOfGrowth(t *testing.T) {
	of := func(wall, cpu, peak int, rounds ...round) row {
		rounds = append(rounds, make([]round, 10)...)
		for i := range rounds {
			rounds[i].wall, rounds[i].cpu = rounds[i].wall+time.Duration(wall), rounds[i].cpu+time.Duration(cpu)
		}
		return row{rounds: rounds, peak: int64(peak)}
	}
	first := of(100, 100, 100)
	failed := func(rows ...row) (names []string) {
		for i := range rows {
			rows[i].name = fmt.Sprint(i)
		}
		for _, b := range (options{double: 2}).barsBetween(rows) {
			if !b.met() {
				names = append(names, b.what)
			}
		}
		return names
	}
	assert.Empty(t, failed(first, of(200, 190, 200), of(390, 400, 390), first))
	assert.Equal(t, []string{"1: wall", "2: CPU", "1: peak memory"}, failed(first, of(201, 190, 201), of(390, 401, 390), first))
	assert.Equal(t, []string{"3: wall", "3: CPU"}, failed(first, of(150, 150, 200), of(390, 400, 390), of(106, 94, 100)),
		"the same size again differs too much for the others to be conclusive")
	uneven := round{wall: 50}
	assert.Empty(t, failed(first, of(198, 190, 200, uneven), of(390, 400, 390), first), "within what it may be off by")
	assert.Equal(t, []string{"1: wall"}, failed(first, of(211, 190, 200, uneven, uneven), of(390, 400, 390), first), "a twentieth at most")
}

func TestScrapesBeforeTheirTurnFailARun(t *testing.T) {
	require.NoError(t, inTurn([]row{{name: "receiver alone"}}))
	require.EqualError(t, inTurn([]row{{name: "receiver alone", busy: true, early: true}}),
		"receiver alone, search busy: scrapes came before their turn: -every is too short")
	mine, floor := &child{samples: make(chan sample, 2)}, &child{stdin: discard{io.Discard}, samples: make(chan sample, 2)}
	s := &subject{m: mine, f: floor}
	t1 := turns{subjects: []*subject{s}}
	turn := func(began time.Time) bool {
		mine.samples <- sample{Began: began}
		floor.samples <- sample{}
		t1.begin()
		require.NoError(t, t1.turn(s))
		return s.early
	}
	assert.False(t, turn(time.Now()))
	assert.False(t, turn(time.Now()))
	assert.True(t, turn(t1.over.Add(-time.Millisecond)), "it began while the floor was measured")
	mine.samples <- sample{Began: time.Now()}
	assert.True(t, turn(time.Now()), "another was over by then")
}

type discard struct{ io.Writer }

func (discard) Close() error { return nil }

// A machine that slows down slows both down.
func TestRatiosAreTakenTurnByTurn(t *testing.T) {
	floor := row{rounds: []round{{wall: 10}, {wall: 20}, {wall: 40}, {}}}
	r := row{rounds: []round{{wall: 20}, {wall: 41}, {wall: 81}, {wall: 5}}, floor: &floor}
	assert.InDelta(t, 2.025, r.aboveFloor(), 1e-9)
	assert.Zero(t, r.times(row{}, wallOf))
}

// Garbage that is collected in every other round belongs to all of them.
func TestRatiosInAll(t *testing.T) {
	first := row{rounds: []round{{cpu: 10}, {cpu: 30}, {cpu: 10}, {cpu: 30}}}
	twice := row{rounds: []round{{cpu: 60}, {cpu: 20}, {cpu: 60}, {cpu: 20}}}
	times, off := twice.inAll(first, cpuOfRound)
	assert.InDelta(t, 2, times, 1e-9)
	assert.Greater(t, off, 1.0, "it could well have been one and a half, or three")
	times, off = first.inAll(first, cpuOfRound)
	assert.InDelta(t, 1, times, 1e-9)
	assert.Zero(t, off)

	// Of many turns it is known what their ratio was drawn from.
	r, within := rand.New(rand.NewPCG(1, 2)), 0
	const runs = 1000
	for range runs {
		var a, b row
		for range 40 {
			speed := 100 * (1 + r.Float64())
			a.rounds = append(a.rounds, round{cpu: time.Duration(1e3 * speed * (1 + r.Float64()))})
			b.rounds = append(b.rounds, round{cpu: time.Duration(2e3 * speed * (1 + r.Float64()))})
		}
		if times, off := b.inAll(a, cpuOfRound); math.Abs(times-2) <= 2*off {
			within++
		}
	}
	assert.InDelta(t, 0.95, float64(within)/runs, 0.02)
}

func TestFlags(t *testing.T) {
	for args, fine := range map[string]bool{
		"":                             true,
		"-version 2.8.2,4.2.0":         true,
		"-double 3":                    true,
		"-double 1 -version 2.8.2,4.2": false,
		"-members 4":                   true,
		"-members 1":                   false,
		"-members 2 -double 1":         false,
		"-rounds 0":                    false,
		"-double 1 -axis commits":      true,
		"-double 6 -axis commits":      false,
		"-axis topics":                 false,
		"-commits 20000":               false,
		"-nonsense":                    false,
	} {
		o, err := parseFlags(strings.Fields(args), io.Discard)
		assert.Equal(t, fine, err == nil, "%q: %v", args, err)
		if args == "" {
			assert.Equal(t, standard, o.size)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 322781: "322,781", 3164814: "3,164,814"} {
		assert.Equal(t, want, thousands(n))
	}
}

func TestFigure(t *testing.T) {
	for x, want := range map[float64]string{2: "2", 2.456: "2.46", 26: "26", 1999.6: "2,000"} {
		assert.Equal(t, want, figure(x))
	}
}

// A profile is there to be read once the receiver has ended.
func TestProfile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpu")
	z := size{brokers: 1, topics: 1, partitions: 1, replicas: 1, records: 10, groups: 1, commits: 1}
	measureInMemory(t, options{size: z, rounds: 1, every: 100 * time.Millisecond, profile: file})
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Positive(t, info.Size())
}

func TestPeersOnThePathArePulled(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.Symlink(self, filepath.Join(dir, "kafka_exporter")))
	t.Setenv("PATH", dir)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	got := measurePeers(t.Context(), options{rounds: 2}, []string{"127.0.0.1:1"})
	require.Len(t, got, 1)
	assert.Equal(t, 1, got[0].series)
	assert.Positive(t, got[0].peak)
}

func TestSize(t *testing.T) {
	z := size{brokers: 1, topics: 3, partitions: 10, replicas: 1, records: 10, groups: 2, commits: 8}
	require.NoError(t, z.check())
	total := 0
	for topic := range z.topics {
		total += z.partitionsOf(topic)
	}
	assert.Equal(t, z.partitions, total)
	for group := range z.groups {
		commits := 0
		for topic, n := range z.commitsOf(group) {
			assert.LessOrEqual(t, n, z.partitionsOf(topic))
			commits += n
		}
		assert.Equal(t, z.commits, commits)
	}
	for name, wrong := range map[string]size{
		"fewer partitions than topics":  {brokers: 1, topics: 3, partitions: 2, replicas: 1, records: 1},
		"more commits than partitions":  {brokers: 1, topics: 1, partitions: 2, replicas: 1, commits: 3},
		"more replicas than brokers":    {brokers: 1, topics: 1, partitions: 1, replicas: 2, records: 1},
		"no brokers":                    {topics: 1, partitions: 1, replicas: 1, records: 1},
		"a negative number of groups":   {brokers: 1, topics: 1, partitions: 1, replicas: 1, records: 10, groups: -1},
		"no records":                    {brokers: 1, topics: 1, partitions: 1, replicas: 1},
		"a negative number of replicas": {brokers: 1, topics: 1, partitions: 1, replicas: -1},
	} {
		assert.Error(t, wrong.check(), name)
	}
}

func TestTotalsOfAPage(t *testing.T) {
	var totals Totals
	require.NoError(t, totals.read(strings.NewReader(`# HELP otelcol_kafkalag_io_total Bytes
# TYPE otelcol_kafkalag_io_total counter
otelcol_kafkalag_io_total{direction="sent"} 10
otelcol_kafkalag_io_total{direction="received"} 2e+3
# TYPE otelcol_kafkalag_requests counter
otelcol_kafkalag_requests{api="Metadata",purpose="scrape",receiver="kafkalag"} 3
otelcol_kafkalag_requests{api="ListOffsets",purpose="scrape"} 4
otelcol_kafkalag_requests{api="ListOffsets",purpose="search"} 6
# TYPE otelcol_kafkalag_time_lag_lookups_total counter
otelcol_kafkalag_time_lag_lookups_total{receiver="kafkalag"} 5
# TYPE otelcol_receiver_accepted_metric_points counter
otelcol_receiver_accepted_metric_points{receiver="kafkalag",transport=""} 4
# TYPE otelcol_receiver_refused_metric_points counter
otelcol_receiver_refused_metric_points{receiver="kafkalag",transport=""} 3
# TYPE otelcol_exporter_sent counter
otelcol_exporter_sent{direction="sent"} 99
`)))
	assert.Equal(t, Totals{Requests: 7, Searches: 6, Lookups: 5, Sent: 10, Received: 2000, Scraped: 7}, totals)
}

// What a search can find differs from partition to partition, and each of the
// groups in one stands elsewhere.
func TestRecordsAndCommits(t *testing.T) {
	z := standard
	for p := range 10 {
		before := filledAt.Add(-writtenOver).UnixMilli() - 1
		distances := map[int64]bool{}
		for n := range z.records {
			at := z.writtenAt(5, p, n)
			assert.GreaterOrEqual(t, at, before)
			distances[at-before] = true
			before = at
		}
		assert.Less(t, before, filledAt.UnixMilli())
		assert.Greater(t, len(distances), z.records/2)
		for g := range 2 * stands {
			at := z.committed(g, 5, p)
			assert.Positive(t, at)
			assert.Less(t, at, int64(z.records))
			assert.Equal(t, g >= stands, at == z.committed(g%stands, 5, p) && g != g%stands)
		}
	}
}
