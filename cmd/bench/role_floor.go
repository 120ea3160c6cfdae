// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"os"
	"runtime/debug"
	"time"
)

// runFloor is the floor as a process: a round for each line of its input.
func runFloor(address string) error {
	debug.SetGCPercent(400) // it holds next to nothing, and would collect that all the time
	f, err := newFloor(address)
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		began := time.Now()
		if err := f.once(); err != nil {
			return err
		}
		if err := report(sample{Began: began, Wall: time.Since(began), Totals: f.totals()}); err != nil {
			return err
		}
	}
	return nil
}

// totals reads the library's own counters.
func (f *floor) totals() Totals {
	count := func(name string) int64 {
		meter, _ := f.conf.MetricRegistry.Get(name).(interface{ Count() int64 })
		if meter == nil {
			return 0
		}
		return meter.Count()
	}
	return Totals{
		CPU:      ownCPU(),
		Requests: count("request-rate"),
		Sent:     count("outgoing-byte-rate"),
		Received: count("incoming-byte-rate"),
	}
}
