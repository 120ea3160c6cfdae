// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package kafkatest

import "syscall"

// dieWithParent: only Linux can.
func dieWithParent(*syscall.SysProcAttr) {}
