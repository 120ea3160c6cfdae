// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// server is a ZooKeeper inside the test process. What it answers may be
// anything.
type server struct {
	listener net.Listener
	running  sync.WaitGroup
	// session answers the first request of a connection, answer the others.
	session []byte
	answer  func(operation int32, path string) []byte
}

// startServer serves until the test ends.
func startServer(t testing.TB, session []byte, answer func(operation int32, path string) []byte) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &server{listener: listener, session: session, answer: answer}
	s.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.running.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		s.running.Wait()
	})
	return s
}

func (s *server) addr() string { return s.listener.Addr().String() }

// serve ends when the client closes the connection, as each reading does.
func (s *server) serve(conn net.Conn) {
	defer conn.Close()
	if _, err := readFrame(conn); err != nil {
		return
	}
	if _, err := conn.Write(s.session); err != nil {
		return
	}
	for {
		request, err := readFrame(conn)
		if err != nil {
			return
		}
		xid, operation := request[:4], int32(binary.BigEndian.Uint32(request[4:8]))
		path := ""
		if operation == opGetData || operation == opGetChildren {
			path = string(request[12 : 12+binary.BigEndian.Uint32(request[8:12])])
		}
		if _, err := conn.Write(bytes.ReplaceAll(s.answer(operation, path), []byte("XIDX"), xid)); err != nil {
			return
		}
	}
}

func readFrame(conn net.Conn) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	request := make([]byte, binary.BigEndian.Uint32(length[:]))
	_, err := io.ReadFull(conn, request)
	return request, err
}

func number(n int32) []byte  { return binary.BigEndian.AppendUint32(nil, uint32(n)) }
func wide(n int64) []byte    { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
func text(s string) []byte   { return append(number(int32(len(s))), s...) }
func framed(b []byte) []byte { return append(number(int32(len(b))), b...) }

func joined(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// opened answers a connection's first request.
func opened(timeout int32, session int64, password []byte) []byte {
	return framed(joined(number(0), number(timeout), wide(session), password, []byte{0}))
}

// answered answers any other: the server puts the request's id in.
func answered(code int32, body ...[]byte) []byte {
	return framed(joined([]byte("XIDX"), wide(1), number(code), joined(body...)))
}

func nodes(names ...string) []byte {
	list := number(int32(len(names)))
	for _, name := range names {
		list = append(list, text(name)...)
	}
	return list
}

var (
	sound = opened(5000, 7, text("sixteen bytes 16"))
	stat  = make([]byte, 68)
)

// tree answers as a ZooKeeper with one group does.
func tree(operation int32, path string) []byte {
	at, _ := strings.CutPrefix(path, "/consumers")
	switch {
	case operation == opGetData:
		return answered(0, text("42"), stat)
	case operation != opGetChildren:
		return answered(0)
	case at == "":
		return answered(0, nodes("billing"), stat)
	case at == "/billing/offsets":
		return answered(0, nodes("orders"), stat)
	case at == "/billing/offsets/orders":
		return answered(0, nodes("0"), stat)
	}
	return answered(-101) // there is no such node
}
