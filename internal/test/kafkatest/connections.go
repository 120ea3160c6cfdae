// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// closesWithin is how soon a broker closes a connection that it does not take.
const closesWithin = 500 * time.Millisecond

// FillConnections opens connections to a real broker until it takes no more, as
// max.connections.per.ip bounds it, and then closes so many of them again. The others
// stay open until the test ends.
func FillConnections(t testing.TB, broker string, free int) {
	t.Helper()
	var open []net.Conn
	for {
		conn, err := net.Dial("tcp", broker)
		if err != nil {
			t.Fatal(err)
		}
		if isClosed(t, conn) {
			break
		}
		open = append(open, conn)
		t.Cleanup(func() { conn.Close() })
	}
	if len(open) < free {
		t.Fatalf("%s takes %d connections, not %d", broker, len(open), free)
	}
	for _, conn := range open[:free] {
		conn.Close()
	}
}

// isClosed reports whether the peer closes the connection, which nothing is sent on.
func isClosed(t testing.TB, conn net.Conn) bool {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(closesWithin)); err != nil {
		t.Fatal(err)
	}
	_, err := conn.Read(make([]byte, 1))
	return !errors.Is(err, os.ErrDeadlineExceeded)
}
