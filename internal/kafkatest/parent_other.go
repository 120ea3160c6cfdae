// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package kafkatest

import "syscall"

// dieWithParent: only Linux can.
func dieWithParent(*syscall.SysProcAttr) {}

// stopped: where that cannot be seen, a signal counts as obeyed.
func stopped(int) bool { return true }
