// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import "time"

// Observer sees all traffic. Its methods are called from many goroutines.
type Observer interface {
	// Request receives every request that was sent, by Kafka's name of the
	// API, and how long it took until the answer came or was given up.
	Request(api string, took time.Duration)
	// Failed receives every request that had no answer or one with an error, also
	// if a retry succeeded. code is as in [cluster.Failure]; an answer with several
	// errors is received once for each code.
	Failed(api, code string)
	// Connections receives each TCP connection that opens (1) or closes (-1).
	Connections(change int)
	// Transferred counts bytes above TLS.
	Transferred(sent, received int)
}

// unobserved is an observer that does nothing.
type unobserved struct{}

func (unobserved) Request(string, time.Duration) {}
func (unobserved) Failed(string, string)         {}
func (unobserved) Connections(int)               {}
func (unobserved) Transferred(int, int)          {}
