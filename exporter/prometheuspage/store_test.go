// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// samples is the page's samples, without its other lines.
func samples(t testing.TB, h *handler) []string {
	t.Helper()
	lines := []string{}
	for line := range strings.Lines(page004(t, h)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func (e *pageExporter) mustConsume(t testing.TB, md pmetric.Metrics) {
	t.Helper()
	require.NoError(t, e.consume(context.Background(), md))
}

func perSeries(c *Config) { c.ExactExpiry = false }

// With exact expiry, a group that the next scrape does not have is gone with it.
func TestNewerScrapeReplaces(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"gone": 1}))
	e.mustConsume(t, gauges(1, "old", map[string]int64{"gone": 1}))
	assert.Equal(t, []string{`lag{group="gone"} 1`, `old{group="gone"} 1`}, samples(t, h), "parts of one scrape add up")
	e.mustConsume(t, gauges(2, "lag", map[string]int64{"here": 2}))
	e.mustConsume(t, gauges(2, "new", map[string]int64{"here": 2}))
	assert.Equal(t, []string{`lag{group="here"} 2`, `new{group="here"} 2`}, samples(t, h))
}

// A scope without metrics has nothing to report any more.
func TestScopeWithoutMetricsReplaces(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"gone": 1}))
	other := gauges(1, "up", map[string]int64{"here": 1})
	other.ResourceMetrics().At(0).Resource().Attributes().PutStr("other", "one")
	e.mustConsume(t, other)
	nothing := gauges(1, "lag", nil)
	nothing.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().RemoveIf(func(pmetric.Metric) bool { return true })
	e.mustConsume(t, nothing)
	assert.Equal(t, []string{`up{group="here"} 1`}, samples(t, h))
}

// Two scrapes may be one message, where a processor gathers them.
func TestScrapesInOneMessage(t *testing.T) {
	e, h := newTestExporter(t, nil)
	md := gauges(1, "lag", map[string]int64{"gone": 1})
	gauges(2, "lag", map[string]int64{"here": 2}).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	e.mustConsume(t, md)
	assert.Equal(t, []string{`lag{group="here"} 2`}, samples(t, h))
}

// A scrape in several resource metrics of one message is complete with it: the
// next one, in fewer, takes its place at once.
func TestScrapeInSeveralResourceMetrics(t *testing.T) {
	e, h := newTestExporter(t, nil)
	md := gauges(1, "lag", map[string]int64{"a": 1})
	for _, name := range []string{"b", "c"} {
		gauges(1, "lag", map[string]int64{name: 1}).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	}
	e.mustConsume(t, md)
	assert.ElementsMatch(t, []string{`lag{group="a"} 1`, `lag{group="b"} 1`, `lag{group="c"} 1`}, samples(t, h))
	e.mustConsume(t, gauges(2, "lag", map[string]int64{"a": 2}))
	assert.Equal(t, []string{`lag{group="a"} 2`}, samples(t, h))
}

func TestOlderScrapeIsNotShown(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(2, "lag", map[string]int64{"here": 2}))
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"late": 1}))
	assert.Equal(t, []string{`lag{group="here"} 2`}, samples(t, h))
}

// Points may lack a time. Each message counts as a scrape then.
func TestScrapesWithoutTimes(t *testing.T) {
	e, h := newTestExporter(t, nil)
	e.mustConsume(t, gauges(0, "lag", map[string]int64{"gone": 1}))
	e.mustConsume(t, gauges(0, "lag", map[string]int64{"here": 2}))
	assert.Equal(t, []string{`lag{group="here"} 2`}, samples(t, h))
}

// While the parts of a split scrape come in, the page shows the last one whole.
func TestSplitScrapeIsShownWhole(t *testing.T) {
	e, h := newTestExporter(t, nil)
	scrape := func(at pcommon.Timestamp, parts ...string) {
		for _, name := range parts {
			e.mustConsume(t, gauges(at, name, map[string]int64{"g": int64(at)}))
		}
	}
	scrape(1, "a", "b", "c")
	scrape(2, "a", "b")
	assert.Equal(t, []string{`a{group="g"} 1`, `b{group="g"} 1`, `c{group="g"} 1`}, samples(t, h))
	scrape(2, "c")
	assert.Equal(t, []string{`a{group="g"} 2`, `b{group="g"} 2`, `c{group="g"} 2`}, samples(t, h))
	scrape(2, "d")
	assert.Len(t, samples(t, h), 4, "it may have more parts than the last")

	scrape(3, "a", "b")
	assert.Len(t, samples(t, h), 4)
	e.store.expire(time.Now().Add(settling))
	assert.Equal(t, []string{`a{group="g"} 3`, `b{group="g"} 3`}, samples(t, h), "it may have fewer")

	scrape(4, "b")
	scrape(5, "c", "d", "e")
	assert.Equal(t, []string{`c{group="g"} 5`, `d{group="g"} 5`, `e{group="g"} 5`}, samples(t, h))
	scrape(6, "a", "b")
	scrape(7, "c")
	assert.Equal(t, []string{`a{group="g"} 6`, `b{group="g"} 6`}, samples(t, h), "what came of a scrape is shown when the next begins")
}

// Sources that fall silent expire although nobody pulls, and not sooner than
// twice their interval.
func TestSilentSourcesExpire(t *testing.T) {
	for name, change := range map[string]func(*Config){"exact": nil, "per series": perSeries} {
		t.Run(name, func(t *testing.T) {
			e, _ := newTestExporter(t, change)
			start := time.Now()
			part := func(at pcommon.Timestamp, arrived time.Time) *part {
				p := &part{at: at, arrived: arrived, families: map[familyKey]*family{}}
				p.put(&family{familyKey: familyKey{name: "lag"}}, &block{series: []uint64{uint64(at)}})
				p.count()
				return p
			}
			s := e.store
			s.add("silent", part(1, start))
			s.add("slow", part(1, start.Add(-10*time.Minute)))
			s.add("slow", part(2, start))
			shown := func(after time.Duration) (n int) {
				s.expire(start.Add(after))
				sources, _ := s.snapshot()
				for _, parts := range sources {
					n += min(len(parts), 1)
				}
				return n
			}
			before := s.changes()
			assert.Equal(t, 2, shown(5*time.Minute))
			assert.Equal(t, before, s.changes())
			assert.Equal(t, 1, shown(5*time.Minute+1))
			assert.Equal(t, before+1, s.changes())
			assert.Equal(t, 1, shown(20*time.Minute))
			assert.Equal(t, 0, shown(20*time.Minute+1))
			assert.Len(t, s.sources, 2)
			s.expire(start.Add(remembered + 1))
			assert.Empty(t, s.sources)
		})
	}
}

// A sender that names itself anew all the time costs no memory without end.
func TestSilentSourcesAreBounded(t *testing.T) {
	s, start := newStore(true, time.Second), time.Now()
	for i := range maxRemembered + 2 {
		s.add(strconv.Itoa(i), &part{at: 1, arrived: start.Add(time.Duration(i) * time.Millisecond)})
	}
	assert.Len(t, s.sources, maxRemembered+2)
	s.expire(start.Add(time.Minute))
	assert.Len(t, s.sources, maxRemembered)
	assert.NotContains(t, s.sources, "1", "which was silent for longer than others")
	assert.Contains(t, s.sources, "2")
}

// A source that sends more rarely than it expires vanishes once, not each time.
func TestRareSourceStays(t *testing.T) {
	s, start := newStore(true, time.Minute), time.Now()
	for i := range 4 {
		arrived := start.Add(time.Duration(i) * 2 * time.Minute)
		p := &part{at: pcommon.Timestamp(i), arrived: arrived, families: map[familyKey]*family{}}
		s.add("rare", p)
		s.expire(arrived.Add(2*time.Minute - 1))
		sources, _ := s.snapshot()
		assert.Len(t, sources[0], min(i, 1), "after the first interval it is known")
	}
}
