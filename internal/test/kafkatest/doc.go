// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkatest gives tests a Kafka to talk to.
//
//   - [Start] and [Shared] run real Apache Kafka as child processes, of any
//     release in package jars; their brokers can be killed, paused and
//     restarted one by one.
//   - [StartFake] runs Kafka's protocol inside the test process, where any
//     request can be failed, delayed, left unanswered or answered otherwise.
//   - [StartProxy] and [StartNoise] stand where a broker should be and
//     misbehave on the level of TCP.
//   - [NewCA], [StartKDC] and [StartTokenServer] are what logins need beside
//     the brokers.
//
// What tests put into a cluster goes through [Seed], which uses another client
// library than the one under test.
//
// A package whose tests use real clusters hands its TestMain to [Main].
package kafkatest
