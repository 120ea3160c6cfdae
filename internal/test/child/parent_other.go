// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package child

import "syscall"

// dieWithParent: only Linux can.
func dieWithParent(*syscall.SysProcAttr) {}
