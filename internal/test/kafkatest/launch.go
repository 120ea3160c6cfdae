// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

// Launch runs a cluster until its Stop, for a program that is no test; a test
// calls [Start]. It returns when every broker answers and knows all others.
func Launch(opts Options) (*Cluster, error) { return launch(opts) }

// Stop ends a cluster that came of [Launch]. Nothing that it wrote remains.
func (c *Cluster) Stop() { c.stop() }
