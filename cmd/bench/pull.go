// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pulled is what serves Prometheus' text format: what a pull of it takes.
type pulled struct {
	name     string
	both     time.Duration // CPU of a scrape and of a pull of what it found
	gzip     transfer      // as Prometheus asks for it
	identity transfer      // zero where that is not measured
	bare     float64       // the wall time with gzip, × that of a bare server that sends the same bytes
	series   int
	peak     int64 // bytes
}

// transfer is a pull in one encoding.
type transfer struct {
	wall  time.Duration // the median
	cpu   time.Duration // the mean
	bytes int64         // on the wire
}

const (
	gzipped = "gzip"
	plain   = "identity"
)

// slowPulls is how often a page is pulled that takes longer than slow; others are
// pulled oftener than there are rounds, since the kernel counts CPU in 10 ms.
const (
	slowPulls     = 3
	slow          = time.Second
	quickPerRound = 10
)

// pull takes a page some times, once there is something on it.
func pull(ctx context.Context, rounds int, name, url string, pid int) (p pulled, err error) {
	p.name = name
	if p.series, err = awaitPage(ctx, url); err != nil {
		return p, err
	}
	body, took, err := fetch(ctx, url, gzipped)
	if err != nil {
		return p, err
	}
	rounds *= quickPerRound
	if took > slow {
		rounds = min(rounds, slowPulls)
	}
	bare, err := startBare(body)
	if err != nil {
		return p, err
	}
	defer bare.Close()
	walls, bares, cpu, err := inTurns(ctx, rounds, url, "http://"+bare.Addr, pid)
	if err != nil {
		return p, err
	}
	p.gzip = transfer{wall: median(walls), cpu: cpu, bytes: int64(len(body))}
	p.bare = ratio(walls, bares)
	p.peak, err = peakOf(pid)
	return p, err
}

// pullPlain adds what the page takes without compression.
func (p *pulled) pullPlain(ctx context.Context, rounds int, url string, pid int) error {
	before, err := cpuOf(pid)
	if err != nil {
		return err
	}
	var walls []time.Duration
	for range rounds {
		body, took, err := fetch(ctx, url, plain)
		if err != nil {
			return err
		}
		walls, p.identity.bytes = append(walls, took), int64(len(body))
	}
	after, err := cpuOf(pid)
	if err != nil {
		return err
	}
	p.identity.wall, p.identity.cpu = median(walls), (after-before)/time.Duration(rounds)
	p.peak, err = peakOf(pid)
	return err
}

// inTurns pulls a page and the bare one by turns. The CPU is that of the first's
// process, for each pull.
func inTurns(ctx context.Context, rounds int, url, bare string, pid int) (walls, bares []time.Duration, cpu time.Duration, err error) {
	before, err := cpuOf(pid)
	if err != nil {
		return nil, nil, 0, err
	}
	for range rounds {
		for _, of := range []struct {
			url   string
			walls *[]time.Duration
		}{{url, &walls}, {bare, &bares}} {
			_, took, err := fetch(ctx, of.url, gzipped)
			if err != nil {
				return nil, nil, 0, err
			}
			*of.walls = append(*of.walls, took)
		}
	}
	after, err := cpuOf(pid)
	return walls, bares, (after - before) / time.Duration(rounds), err
}

// startBare serves these bytes and nothing else.
func startBare(body []byte) (*http.Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Addr:              listener.Addr().String(),
		ReadHeaderTimeout: patience,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body) // a client that is gone has its own error
		}),
	}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return server, nil
}

// awaitPage waits until there are series on a page, and counts them.
func awaitPage(ctx context.Context, url string) (series int, err error) {
	for deadline := time.Now().Add(patience); ; {
		page, _, err := fetch(ctx, url, plain)
		if err == nil {
			if series = seriesOf(string(page)); series > 0 {
				return series, nil
			}
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return 0, fmt.Errorf("%s stays empty (last error: %w)", url, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func seriesOf(page string) (series int) {
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "#") {
			series++
		}
	}
	return series
}

// fetch gets a page as it comes over the wire: what a client does with it is not
// measured.
func fetch(ctx context.Context, url, encoding string) (body []byte, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Accept-Encoding", encoding)
	began := time.Now()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		return nil, 0, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, 0, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return body, time.Since(began), nil
}

// ratio is the median of the ratios turn by turn.
func ratio(of, base []time.Duration) float64 {
	ratios := make([]float64, len(of))
	for i := range of {
		ratios[i] = float64(of[i]) / float64(base[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

func median(walls []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(walls))[len(walls)/2]
}
