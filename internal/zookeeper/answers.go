// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The library believes what an answer says of lengths and counts: it allocates
// for 2³¹ nodes, and panics when an answer ends before its header. So answers
// are read here first.

// Requests whose answers hold counts, as ZooKeeper numbers them.
const (
	opGetData     = 4
	opGetChildren = 12
)

// Sizes of what answers are made of.
const (
	statBytes = 68
	// leastName is a node's name of one byte behind its length.
	leastName = 5
)

var errBadAnswer = errors.New("what answers is not ZooKeeper, or is broken")

// fields reads an answer from its front. Past the end everything is zero.
type fields struct {
	rest []byte
	bad  bool // a length does not fit
}

func (f *fields) take(n int) []byte {
	if n < 0 || n > len(f.rest) {
		f.bad, f.rest = true, nil
		return nil
	}
	taken := f.rest[:n]
	f.rest = f.rest[n:]
	return taken
}

func (f *fields) int32() int32 {
	b := f.take(4)
	if f.bad {
		return 0
	}
	return int32(binary.BigEndian.Uint32(b))
}

func (f *fields) int64() int64 {
	b := f.take(8)
	if f.bad {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

// data is bytes behind their length; -1 stands for none.
func (f *fields) data() {
	if n := f.int32(); n != -1 {
		f.take(int(n))
	}
}

// names is a list of names behind their count. No node's name is empty.
func (f *fields) names() {
	count := int(f.int32())
	if count < 0 || count > len(f.rest)/leastName {
		f.bad = true
	}
	for range count {
		if f.bad {
			return
		}
		if n := int(f.int32()); len(f.take(n)) == 0 {
			f.bad = true
		}
	}
}

// checkSession reads the answer to a connection's first request. The library
// divides the timeout, and would dial without end where no session is opened.
func checkSession(answer []byte) error {
	f := fields{rest: answer}
	f.int32() // the version of the protocol
	timeout, session := f.int32(), f.int64()
	f.data() // a password for the session
	if f.bad || timeout <= 0 || session == 0 {
		return fmt.Errorf("%w: it opened session %d with a timeout of %d ms, in %d bytes", errBadAnswer, session, timeout, len(answer))
	}
	return nil
}

// checkAnswer reads any other answer. operation returns what the request of an
// id was. An answer that comes before its request would be read unchecked once
// the request is made; ids below 0 are those of events and pings.
func checkAnswer(answer []byte, operation func(xid int32) (op int32, asked bool)) error {
	f := fields{rest: answer}
	xid := f.int32()
	f.int64() // the last transaction
	code := f.int32()
	if f.bad {
		return fmt.Errorf("%w: an answer has %d bytes", errBadAnswer, len(answer))
	}
	op, asked := operation(xid)
	if !asked && xid >= 0 {
		return fmt.Errorf("%w: it answers request %d, which was not made", errBadAnswer, xid)
	}
	if code != 0 {
		return nil // nothing else is read
	}
	switch op {
	case opGetData:
		f.data()
		f.take(statBytes)
	case opGetChildren:
		f.names()
		f.take(statBytes)
	}
	if f.bad {
		return fmt.Errorf("%w: a count or a length does not fit an answer of %d bytes", errBadAnswer, len(answer))
	}
	return nil
}
