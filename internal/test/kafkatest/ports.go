// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Ports below those that systems hand out for outgoing connections. A port of
// that range could be taken by any client before its server listens or while it
// is down, and a client on the same machine that dials such a port may even
// reach itself.
const firstPort, lastPort = 15000, 32000

var handedOut sync.Map // int → nothing

// FreePort finds a loopback port that nobody listens on, for a server that cannot
// say which one the kernel picked, and never the same twice. Another process may
// take it before the server does: the start of a broker is then tried again.
func FreePort() (int, error) {
	for range 1000 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		if _, taken := handedOut.LoadOrStore(port, struct{}{}); taken {
			continue
		}
		l, err := net.Listen("tcp", address(loopback, port))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, fmt.Errorf("no free port between %d and %d", firstPort, lastPort)
}

func address(host string, port int) string {
	return net.JoinHostPort(host, strconv.Itoa(port))
}
