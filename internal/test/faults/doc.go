// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package faults tests the receiver on real Kafka that fails: brokers that are
// down, killed, paused or restarted, idle connections that are dropped, topics
// and groups that come and go under a running receiver.
//
// A watcher runs the receiver as a collector would and looks at every scrape,
// not only at the last: what is reported has to be true all the time, and
// nothing may be missing once the cluster has recovered. What is true is
// worked out from what the test itself put into the cluster.
package faults
