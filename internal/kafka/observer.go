// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import "time"

// Observer is told of all traffic. Its methods are called from many goroutines.
type Observer interface {
	// Request is told of every request that was sent, by Kafka's name of the
	// API, and how long it took until the answer came or was given up.
	Request(api string, took time.Duration)
	// Connected and Disconnected come in pairs, one for each TCP connection.
	Connected()
	Disconnected()
	// Sent and Received count bytes above TLS.
	Sent(bytes int)
	Received(bytes int)
}

// unobserved is the observer of those who want none.
type unobserved struct{}

func (unobserved) Request(string, time.Duration) {}
func (unobserved) Connected()                    {}
func (unobserved) Disconnected()                 {}
func (unobserved) Sent(int)                      {}
func (unobserved) Received(int)                  {}
