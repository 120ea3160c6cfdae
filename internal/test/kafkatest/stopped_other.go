// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package kafkatest

// stopped: where that cannot be seen, a signal counts as obeyed.
func stopped(int) bool { return true }
