// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package child

import "syscall"

// dieWithParent has the kernel kill the child when the test binary ends,
// however it ends.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
