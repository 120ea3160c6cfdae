// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// memory is brokers that answer from memory, for clusters that would take too
// long to fill. An answer is made when a request first comes and kept, encoded,
// for all that equal it. So what is measured is the client.
type memory struct {
	size
	listeners []net.Listener

	collectors collectors

	mu      sync.Mutex
	answers map[string][]byte // by broker and request; without length and correlation id
}

// startMemory serves until close, to a group of that many collectors if they are several.
func startMemory(z size, members int) (*memory, error) {
	m := &memory{size: z, collectors: newCollectors(members), answers: map[string][]byte{}}
	for range z.brokers {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(err, m.shut())
		}
		m.listeners = append(m.listeners, l)
	}
	for id, l := range m.listeners { // each answers with the addresses of all
		go m.accept(l, int32(id))
	}
	return m, nil
}

func (m *memory) addresses() []string {
	addresses := make([]string, len(m.listeners))
	for i, l := range m.listeners {
		addresses[i] = l.Addr().String()
	}
	return addresses
}

func (m *memory) close() { _ = m.shut() } // the process ends with it

func (m *memory) shut() error {
	errs := make([]error, len(m.listeners))
	for i, l := range m.listeners {
		errs[i] = l.Close()
	}
	return errors.Join(errs...)
}

func (m *memory) accept(l net.Listener, broker int32) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for {
				if m.serve(conn, broker) != nil {
					return // the client is gone, or asks what is not played
				}
			}
		}()
	}
}

// serve answers one request.
func (m *memory) serve(conn net.Conn, broker int32) error {
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return err
	}
	frame := make([]byte, binary.BigEndian.Uint32(length[:]))
	if _, err := io.ReadFull(conn, frame); err != nil {
		return err
	}
	const correlation = 4 // api key and version come before it, 2 bytes each
	if len(frame) < correlation+4 {
		return io.ErrUnexpectedEOF
	}
	id := [4]byte(frame[correlation:])
	answer, err := m.answer(broker, frame)
	if err != nil {
		return err
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(len(answer)+4))
	_, err = (&net.Buffers{append(head, id[:]...), answer}).WriteTo(conn)
	return err
}

// answer looks the answer up, or makes it.
func (m *memory) answer(broker int32, frame []byte) ([]byte, error) {
	key := strconv.Itoa(int(broker)) + string(frame[:4]) + string(frame[8:])
	m.mu.Lock()
	known, ok := m.answers[key]
	m.mu.Unlock()
	if ok {
		return known, nil
	}
	request, err := parse(frame)
	if err != nil {
		return nil, err
	}
	response := m.respond(broker, request)
	if response == nil {
		return nil, errors.New("not a request that brokers in memory know")
	}
	response.SetVersion(request.GetVersion())
	var encoded []byte
	if response.IsFlexible() && response.Key() != int16(kmsg.ApiVersions) {
		encoded = append(encoded, 0) // the header has no tags
	}
	encoded = response.AppendTo(encoded)
	if !searches(request) && !joins(request) {
		m.mu.Lock()
		m.answers[key] = encoded
		m.mu.Unlock()
	}
	return encoded, nil
}

// parse decodes a request and its header.
func parse(frame []byte) (kmsg.Request, error) {
	r := kbin.Reader{Src: frame}
	key, version := r.Int16(), r.Int16()
	r.Int32() // correlation id
	r.NullableString()
	request := kmsg.RequestForKey(key)
	if request == nil {
		return nil, errors.New("unknown API")
	}
	request.SetVersion(version)
	if request.IsFlexible() {
		kmsg.SkipTags(&r)
	}
	if err := r.Complete(); err != nil && !r.Ok() {
		return nil, err
	}
	return request, request.ReadFrom(r.Src)
}
