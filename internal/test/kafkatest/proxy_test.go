// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// startEcho answers every byte with the same byte.
func startEcho(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", address(loopback, 0))
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return l.Addr().String()
}

// A connection that ends is not among those that are counted anew, and may have
// carried more than the next ones are to.
func TestProxyCutsWhatEnds(t *testing.T) {
	p := StartProxy(t, startEcho(t))
	p.CutAfter(100, -1)
	assert.Zero(t, p.allowed(&link{answered: 300}, 10))
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	return conn
}

// echoed says something and gives what comes back of it before the end.
func echoed(conn net.Conn, text string) (string, error) {
	if _, err := io.WriteString(conn, text); err != nil {
		return "", err
	}
	back := make([]byte, len(text))
	n, err := io.ReadFull(conn, back)
	return string(back[:n]), err
}

func TestProxyPassesAndCounts(t *testing.T) {
	proxy := StartProxy(t, startEcho(t))
	for range 2 {
		back, err := echoed(dial(t, proxy.Addr()), "hello")
		require.NoError(t, err)
		assert.Equal(t, "hello", back)
	}
	assert.Equal(t, 2, proxy.Dials())
}

func TestProxyCuts(t *testing.T) {
	proxy := StartProxy(t, startEcho(t))
	open := dial(t, proxy.Addr())
	_, err := echoed(open, "before the order")
	require.NoError(t, err)

	proxy.CutAfter(3, 2)
	for _, conn := range []net.Conn{open, dial(t, proxy.Addr())} {
		back, err := echoed(conn, "hello")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, "hel", back)
	}
	back, err := echoed(dial(t, proxy.Addr()), "hello")
	require.NoError(t, err, "two are cut, the third is not")
	assert.Equal(t, "hello", back)

	proxy.CutAfter(0, -1)
	_, err = echoed(dial(t, proxy.Addr()), "hello")
	require.ErrorIs(t, err, io.EOF)
	proxy.Restore()
	_, err = echoed(dial(t, proxy.Addr()), "hello")
	require.NoError(t, err)
}

func TestProxyHangs(t *testing.T) {
	proxy := StartProxy(t, startEcho(t))
	proxy.Hang()
	conn := dial(t, proxy.Addr())
	require.NoError(t, conn.SetDeadline(time.Now().Add(50*time.Millisecond)))
	_, err := echoed(conn, "hello")
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)

	proxy.Restore()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	back := make([]byte, 5)
	_, err = io.ReadFull(conn, back)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(back), "what was held back comes")
}

func TestProxyEndsWhileHanging(t *testing.T) {
	proxy := StartProxy(t, startEcho(t))
	proxy.Hang()
	_, err := io.WriteString(dial(t, proxy.Addr()), "hello")
	require.NoError(t, err)
}

func TestProxyRefuses(t *testing.T) {
	proxy := StartProxy(t, startEcho(t))
	open := dial(t, proxy.Addr())
	_, err := echoed(open, "hello")
	require.NoError(t, err)

	proxy.Refuse()
	_, err = open.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	refused, err := net.Dial("tcp", proxy.Addr())
	if err == nil { // the reset can come before Dial returns, or after
		defer refused.Close()
		_, err = refused.Read(make([]byte, 1))
	}
	require.ErrorIs(t, err, syscall.ECONNRESET)
	assert.Equal(t, 2, proxy.Dials())
}

func TestProxyWithoutTarget(t *testing.T) {
	l, err := net.Listen("tcp", address(loopback, 0))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = dial(t, StartProxy(t, l.Addr().String()).Addr()).Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}
