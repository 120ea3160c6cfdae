// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/history"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// scene is what Prometheus has of a scene of the rules' tests: the values of each
// series, a minute apart. NaN is none.
type scene map[string][]float64

// The rules' tests give each group of a scene what the receiver would say of it: a rule
// is not tested by numbers that never come.
func TestScenesSayWhatTheReceiverWould(t *testing.T) {
	groups := 0
	for name, s := range scenes(t) {
		for series, lags := range s {
			labels, isLag := strings.CutPrefix(series, "kafka_consumer_group_lag_sum")
			offsets := s["kafka_consumer_group_offset_sum"+labels]
			if !isLag || offsets == nil {
				continue
			}
			groups++
			stalled, drain := s.progress(labels, lags, offsets)
			for metric, want := range map[string][]float64{"stalled": stalled, "drain": drain} {
				metric = "kafka_consumer_group_" + metric + "_time_seconds" + labels
				assert.True(t, alike(want, s[metric]), "%s:\n      - {series: '%s', values: '%s'}", name, metric, notation(want))
			}
		}
	}
	assert.Greater(t, groups, 20)
}

// progress shows the group's partitions to the receiver, minute by minute. Where the
// scene has sums only, records go to the topic's partitions in turn.
func (s scene) progress(labels string, lags, offsets []float64) (stalled, drain []float64) {
	h := &history.History{Window: window}
	of := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t"}}}
	for minute := range lags {
		if math.IsNaN(at(lags, minute)) || math.IsNaN(at(offsets, minute)) {
			stalled, drain = append(stalled, math.NaN()), append(drain, math.NaN())
			continue
		}
		r := &lag.Report{Groups: []lag.Group{{Name: "g", Topics: []lag.Topic{{Name: "t", Partitions: s.partitions(labels, lags, offsets, minute)}}}}}
		h.Observe(time.Unix(0, 0).Add(time.Duration(minute)*time.Minute), of, r)
		Estimate(h, r)
		got := r.Groups[0].Topics[0].Progress
		stalled, drain = append(stalled, secondsOf(got.Stalled)), append(drain, secondsOf(got.Drain))
	}
	return stalled, drain
}

func (s scene) partitions(labels string, lags, offsets []float64, minute int) []lag.Partition {
	var partitions []lag.Partition
	for id := int32(0); ; id++ {
		of := strings.TrimSuffix(labels, "}") + fmt.Sprintf(", partition=%q}", strconv.Itoa(int(id)))
		committed, found := s["kafka_consumer_group_offset"+of]
		if !found {
			break
		}
		partitions = append(partitions, lag.Partition{
			ID: id, Committed: cluster.Offset(at(committed, minute)), Lag: cluster.Offset(at(s["kafka_consumer_group_lag"+of], minute)),
		})
	}
	if partitions != nil {
		return partitions
	}
	n := 1.0
	if count := s[fmt.Sprintf("kafka_topic_partitions{kafka_cluster_id=%q, topic=%q}", "c", topicLabel.FindStringSubmatch(labels)[1])]; count != nil {
		n = count[0]
	}
	for id := range int32(n) {
		share := func(of float64) cluster.Offset { return cluster.Offset((of + n - 1 - float64(id)) / n) }
		committed := share(offsets[minute])
		partitions = append(partitions, lag.Partition{ID: id, Committed: committed, Lag: share(offsets[minute]+lags[minute]) - committed})
	}
	return partitions
}

func at(values []float64, minute int) float64 {
	if minute >= len(values) {
		return math.NaN()
	}
	return values[minute]
}

var topicLabel = regexp.MustCompile(`topic="(\w+)"`)

func secondsOf(a lag.Age) float64 {
	if !a.Known {
		return math.NaN()
	}
	return math.Round(a.Seconds())
}

// alike reports whether values are the same, to the second. NaN is like itself.
func alike(want, got []float64) bool {
	return slices.EqualFunc(want, got, func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 0.5 })
}

func scenes(t *testing.T) map[string]scene {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "observability", "prometheus", "kafkalag.test.yaml"))
	require.NoError(t, err)
	var file struct {
		Tests []struct {
			Name        string
			InputSeries []struct{ Series, Values string } `yaml:"input_series"`
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	all := map[string]scene{}
	for _, test := range file.Tests {
		s := scene{}
		for _, input := range test.InputSeries {
			s[input.Series] = expand(t, input.Values)
		}
		all[test.Name] = s
	}
	return all
}

// repeated is a term of promtool's notation: a number, or none, how much is added each
// time, and how often.
var repeated = regexp.MustCompile(`^(_|stale|[\d.]+)([+-][\d.]+)?(?:x(\d+))?$`)

func expand(t *testing.T, values string) []float64 {
	t.Helper()
	var all []float64
	for term := range strings.FieldsSeq(values) {
		parts := repeated.FindStringSubmatch(term)
		require.NotNil(t, parts, term)
		number := func(text string, otherwise float64) float64 {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return otherwise
			}
			return n
		}
		first, step, times := number(parts[1], math.NaN()), number(parts[2], 0), int(number(parts[3], 0))
		if parts[1] == "_" && times > 0 {
			times-- // it is repeated that often, not after the first
		}
		for i := range times + 1 {
			all = append(all, first+step*float64(i))
		}
	}
	return all
}

// notation writes values as promtool's tests do, in few terms, each as long as it gets.
func notation(values []float64) string {
	var terms []string
	for i := 0; i < len(values); {
		n := len(values) - i
		for !straight(values[i : i+n]) {
			n--
		}
		times, first := n-1, strconv.FormatFloat(values[i], 'f', -1, 64)
		switch step := slope(values[i : i+n]); {
		case math.IsNaN(values[i]) && i > 0:
			terms = append(terms, "stale")
			if times > 0 {
				terms = append(terms, fmt.Sprintf("_x%d", times))
			}
		case math.IsNaN(values[i]):
			terms = append(terms, fmt.Sprintf("_x%d", n))
		case times == 0:
			terms = append(terms, first)
		case step == 0:
			terms = append(terms, fmt.Sprintf("%sx%d", first, times))
		default:
			terms = append(terms, fmt.Sprintf("%s%+.6gx%d", first, step, times))
		}
		i += n
	}
	return strings.Join(terms, " ")
}

// slope is how much is added each time.
func slope(values []float64) float64 {
	if len(values) == 1 {
		return 0
	}
	return (values[len(values)-1] - values[0]) / float64(len(values)-1)
}

// straight reports whether values make one term: two alone do not.
func straight(values []float64) bool {
	if len(values) == 2 && values[0] != values[1] && !math.IsNaN(values[0]) {
		return false
	}
	line := make([]float64, len(values))
	for i := range line {
		line[i] = values[0] + slope(values)*float64(i)
	}
	return alike(line, values)
}
