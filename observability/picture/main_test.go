// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// prometheus answers every question with the same two series, of which one has
// a gap, and keeps the questions.
func prometheus(t *testing.T, result string) (url string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.FormValue("query"))
		fmt.Fprintf(w, `{"status": "success", "data": {"resultType": "matrix", "result": [%s]}}`, result)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

var twoSeries = fmt.Sprintf(`
	{"metric": {"group": "billing", "topic": "orders"}, "values": [[%[1]d, "1"], [%[2]d, "4"]]},
	{"metric": {"group": "audit", "topic": "orders"}, "values": [[%[1]d, "7"], [%[2]d.5, "9.5"]]}`,
	time.Now().Unix()-60, time.Now().Unix()-59)

func TestDraws(t *testing.T) {
	url, asked := prometheus(t, twoSeries)
	out := filepath.Join(t.TempDir(), "out.png")
	titles := []string{"Time lag", "Lag", "Records read", "Lag by partition"}
	if err := run(url, "../grafana/kafkalag.json", titles, "billing", time.Minute, out); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := picture.Bounds().Size(); got.X != 1728 || got.Y != 972 {
		t.Errorf("the picture's size is %v", got)
	}
	const want = `max by (kafka_cluster_id, topic, partition) (kafka_consumer_group_lag{kafka_cluster_id=~".*", job=~".*", group="billing"})`
	if got := (*asked)[3]; got != want {
		t.Errorf("asked %s", got)
	}
}

func TestSeriesBecomeLines(t *testing.T) {
	url, _ := prometheus(t, twoSeries)
	q := question{server: url, end: time.Now(), span: points * 600 * time.Millisecond} // a gap is longer than 1.2 s
	lines, err := q.ask("up", "{{group}} · {{topic}}")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		name   string
		pieces int
		last   float64
	}{{"billing · orders", 1, 4}, {"audit · orders", 2, 9.5}} {
		if l := lines[i]; l.name != want.name || len(l.pieces) != want.pieces || l.last != want.last {
			t.Errorf("line %d is %+v", i, l)
		}
	}
}

func TestFailures(t *testing.T) {
	url, _ := prometheus(t, "")
	out := filepath.Join(t.TempDir(), "out.png")
	for title, want := range map[string]string{
		"Lag":     `panel "Lag": no data`,
		"Brokers": `../grafana/kafkalag.json has no time series "Brokers"`, // it is a table
	} {
		err := run(url, "../grafana/kafkalag.json", []string{title}, "", time.Minute, out)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v", title, err)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("there is a picture")
	}
}

func TestMarks(t *testing.T) {
	marks := func(low, high float64, unit string) (labels []string) {
		for _, tick := range values(low, high, unit) {
			labels = append(labels, tick.Label)
		}
		return labels
	}
	for _, tt := range []struct {
		high float64
		unit string
		want []string
	}{
		{350, "s", []string{"0 s", "2 min", "4 min"}},
		{7000, "short", []string{"0", "2 K", "4 K", "6 K"}},
		{1.1, "cps", []string{"0/s", "0.5/s", "1/s"}},
	} {
		if got := marks(0, tt.high, tt.unit); !slices.Equal(got, tt.want) {
			t.Errorf("up to %v in %s: %q", tt.high, tt.unit, got)
		}
	}
	ticks := clock(3600*5+30, 3600*5+330)
	if len(ticks) != 5 || ticks[0].Label != "05:01" {
		t.Errorf("five minutes are marked %v", ticks)
	}
}

func TestLabels(t *testing.T) {
	for _, tt := range []struct {
		value float64
		unit  string
		want  string
	}{
		{0, "short", "0"},
		{950, "short", "950"},
		{1500, "short", "1.5 K"},
		{30, "s", "30 s"},
		{90, "s", "1.5 min"},
		{2.5, "cps", "2.5/s"},
	} {
		if got := label(tt.value, tt.unit); got != tt.want {
			t.Errorf("%v in %s is %q", tt.value, tt.unit, got)
		}
	}
}
