// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package history

import (
	"encoding/binary"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// sampleLog holds samples in a quarter of their size: a large cluster has
// millions. Each is three varints, the newest first: the differences from the sample
// that followed it in time. An offset moves little between two scrapes, so that most
// differences take one or two bytes.
type sampleLog struct {
	bytes []byte
	count int32
}

// numbers is how many varints make a sample.
const numbers = 3

// keep drops the oldest of more than so many samples.
func (l *sampleLog) keep(most int) {
	if most == 0 {
		*l = sampleLog{}
	}
	for int(l.count) > most {
		l.dropOldest()
	}
}

// add puts a sample before the others, which differs so from the one that follows it.
func (l *sampleLog) add(difference Sample) {
	var buffer [numbers * binary.MaxVarintLen64]byte
	encoded := appendSample(buffer[:0], difference)
	total := len(encoded) + len(l.bytes)
	into := l.bytes
	if total > cap(into) {
		const step = 16 // bytes: memory is given out in multiples of it
		into = make([]byte, 0, (total+step-1)/step*step)
	}
	into = into[:total]
	copy(into[len(encoded):], l.bytes)
	copy(into, encoded)
	l.bytes = into
	l.count++
}

// dropOldest removes the last sample, which ends where the bytes do.
func (l *sampleLog) dropOldest() {
	end := len(l.bytes)
	for range numbers {
		end--                                     // a varint's last byte
		for end > 0 && l.bytes[end-1]&0x80 != 0 { // those before it say that more follow
			end--
		}
	}
	l.bytes = l.bytes[:end]
	l.count--
}

// last appends the last samples to s, most at most, the newest first. next is the
// one that followed them.
func (l *sampleLog) last(next Sample, most int, s []Sample) []Sample {
	rest := l.bytes
	for range min(most, int(l.count)) {
		difference, length := decodeSample(rest)
		rest = rest[length:]
		next = next.plus(difference)
		s = append(s, next)
	}
	return s
}

func (s Sample) minus(o Sample) Sample {
	return Sample{At: s.At - o.At, Commit: s.Commit - o.Commit, Lag: s.Lag - o.Lag}
}

func (s Sample) plus(o Sample) Sample {
	return Sample{At: s.At + o.At, Commit: s.Commit + o.Commit, Lag: s.Lag + o.Lag}
}

func appendSample(to []byte, s Sample) []byte {
	to = binary.AppendVarint(to, s.At.Milliseconds())
	to = binary.AppendVarint(to, int64(s.Commit))
	return binary.AppendVarint(to, int64(s.Lag))
}

// decodeSample returns a sample and the number of its bytes.
func decodeSample(from []byte) (s Sample, length int) {
	at, n := binary.Varint(from)
	commit, m := binary.Varint(from[n:])
	lag, k := binary.Varint(from[n+m:])
	return Sample{At: time.Duration(at) * time.Millisecond, Commit: cluster.Offset(commit), Lag: cluster.Offset(lag)}, n + m + k
}
