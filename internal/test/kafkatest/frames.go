// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// maxFrame is the largest request that is read as one. What claims to be
// larger is another protocol, such as TLS, and passes unseen.
const maxFrame = 100 << 20

// framedListener shows a broker's requests, and its answers before they are
// sent, to a watcher.
type framedListener struct {
	net.Listener
	watch watcher
}

type watcher interface {
	dialed(port int)
	asked(port int, api kmsg.Key)
	answering(port int, answer kmsg.Response)
	sending(port int, api kmsg.Key, head, body []byte) (frame []byte)
}

func (l framedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	port := conn.LocalAddr().(*net.TCPAddr).Port
	l.watch.dialed(port)
	return &framedConn{Conn: conn, port: port, watch: l.watch, asked: make(map[int32]kmsg.Response)}, nil
}

// framedConn is a broker's side of a connection.
type framedConn struct {
	net.Conn
	port   int
	watch  watcher
	unread []byte // of the request that was read last
	opaque bool

	mu    sync.Mutex
	asked map[int32]kmsg.Response // by correlation id: the kind of answer to come
}

// Read reads whole requests from the connection and hands them on in pieces
// of whatever size is wanted.
func (c *framedConn) Read(p []byte) (int, error) {
	if c.opaque && len(c.unread) == 0 {
		return c.Conn.Read(p)
	}
	if len(c.unread) == 0 {
		if err := c.readRequest(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

func (c *framedConn) readRequest() error {
	size := make([]byte, 4)
	if _, err := io.ReadFull(c.Conn, size); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(size)
	if c.opaque = length > maxFrame; c.opaque {
		c.unread = size
		return nil
	}
	frame := slices.Grow(size, int(length))[:4+length]
	if _, err := io.ReadFull(c.Conn, frame[4:]); err != nil {
		return err
	}
	c.unread = frame

	header := kbin.Reader{Src: frame[4:]}
	key, version, correlation := header.Int16(), header.Int16(), header.Int32()
	if request := kmsg.RequestForKey(key); header.Ok() && request != nil {
		request.SetVersion(version)
		c.mu.Lock()
		c.asked[correlation] = request.ResponseKind()
		c.mu.Unlock()
		c.watch.asked(c.port, kmsg.Key(key))
	}
	return nil
}

// Write takes one whole answer, as kfake writes them.
func (c *framedConn) Write(p []byte) (int, error) {
	if answer := c.decode(p); answer != nil {
		c.watch.answering(c.port, answer)
		head, body := encode(p, answer)
		if _, err := c.Conn.Write(c.watch.sending(c.port, kmsg.Key(answer.Key()), head, body)); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// decode gives the answer that frame holds, or nil where it holds none.
func (c *framedConn) decode(frame []byte) kmsg.Response {
	reader := kbin.Reader{Src: frame}
	length, correlation := reader.Int32(), reader.Int32()
	if !reader.Ok() || int(length) != len(frame)-4 {
		return nil
	}
	c.mu.Lock()
	answer := c.asked[correlation]
	delete(c.asked, correlation)
	c.mu.Unlock()
	if answer == nil {
		return nil
	}
	if hasHeaderTags(answer) {
		kmsg.SkipTags(&reader)
	}
	if answer.Key() == int16(kmsg.ApiVersions) && len(reader.Src) > 1 && reader.Src[1] == unsupportedVersion {
		answer.SetVersion(0) // the one answer that can be of another version than its request
	}
	if answer.ReadFrom(reader.Src) != nil {
		return nil
	}
	return answer
}

const unsupportedVersion = 35

// encode returns an answer with the head of frame.
func encode(frame []byte, answer kmsg.Response) (head, body []byte) {
	head = append([]byte(nil), frame[:8]...) // length and correlation id
	if hasHeaderTags(answer) {
		head = append(head, 0)
	}
	return head, answer.AppendTo(nil)
}

// join makes a frame whose length is right.
func join(head, body []byte) []byte {
	frame := slices.Concat(head, body)
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame
}

func hasHeaderTags(answer kmsg.Response) bool {
	return answer.IsFlexible() && answer.Key() != int16(kmsg.ApiVersions)
}
