// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

const (
	// maxWait is how long a leader may hold a Fetch back until there is a record, unless
	// that is most of the time for a request.
	maxWait = 500 * time.Millisecond
	// retryPause is the pause before a record is sent again: elections take a moment.
	retryPause = 250 * time.Millisecond
	// readPause bounds how often a broker is asked that answers at once.
	readPause = 10 * time.Millisecond
	// longestPause is the pause after an error, however rare records are: what is
	// acknowledged is to be read within sla and loss_timeout.
	longestPause = time.Second
)

var errCompressed = errors.New("the records come back compressed: set compression.type=producer for the topic")

// lane writes to the partition that stands for one broker, and reads it. It has a
// goroutine for each, so that a broker that hangs delays no other, and one record on
// its way to the broker at a time.
type lane struct {
	client    *echo.Client
	interval  time.Duration
	wait      time.Duration // how long a leader may hold a Fetch back
	id        string        // of its records, its own
	broker    int32
	partition int32
	// leader is a broker id, or [cluster.NoBroker].
	leader atomic.Int32
	// may reports whether this collector may write now.
	may func() bool
	// failed is called as soon as there is an error.
	failed func()

	mu     sync.Mutex
	ledger *ledger
	err    error // the last one, nil after a record was read that tells that it is over
	over   int64 // from which sequence number on a record does
	offset int64 // of the newest record that was acknowledged, or unread

	// begin has the offset of the newest record that was acknowledged, from where reading
	// begins where it does not know its place.
	begin chan int64
	stop  context.CancelFunc
	ended sync.WaitGroup
}

// start runs the lane until it is stopped.
func (l *lane) start(ctx context.Context) {
	ctx, l.stop = context.WithCancel(ctx)
	l.ended.Go(func() { l.write(ctx) })
	l.ended.Go(func() { l.read(ctx) })
}

// close returns when the lane has ended. Nothing that it waits for outlasts its context.
func (l *lane) close() {
	l.stop()
	l.ended.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ledger.forget()
}

func (l *lane) write(ctx context.Context) {
	tick := time.NewTicker(l.interval)
	defer tick.Stop()
	for {
		l.writeOne(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (l *lane) writeOne(ctx context.Context) {
	if !l.may() {
		return
	}
	sent := time.Now()
	sequence := l.sending(sent)
	value := message{l.id, l.partition, sequence, sent.UnixMilli()}.encode()
	offset, err := l.produce(ctx, value, sent)
	now := time.Now()
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		l.produceFailed(sequence, err)
		return
	}
	l.acknowledged(sequence, offset, now)
}

func (l *lane) sending(now time.Time) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ledger.send(now)
}

// produce sends a record until it is acknowledged, as any producer does while a leader
// moves or a broker restarts. The record may be in the log more than once.
func (l *lane) produce(ctx context.Context, value []byte, sent time.Time) (int64, error) {
	ctx, cancel := l.client.WithRequestTimeout(ctx)
	defer cancel()
	for {
		offset, err := l.client.Produce(ctx, l.leader.Load(), l.partition, value, sent)
		if err == nil {
			return offset, nil
		}
		if ctx.Err() != nil {
			return 0, err
		}
		l.note(err)
		if !kafkaerr.IsRetriable(err, true) || !pause(ctx, retryPause) || !l.may() {
			return 0, err
		}
	}
}

// produceFailed takes that a record was not acknowledged. That an older one is read, or that
// one, says nothing of the next.
func (l *lane) produceFailed(sequence int64, err error) {
	l.failed()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err, l.over = err, sequence+1
	l.ledger.fail(sequence)
}

// note keeps an error, which may be why the broker is not available.
func (l *lane) note(err error) {
	l.failed()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err, l.over = err, max(l.over, l.ledger.last)
}

func (l *lane) acknowledged(sequence, offset int64, now time.Time) {
	l.mu.Lock()
	l.offset = offset
	l.ledger.acknowledge(sequence, now)
	l.mu.Unlock()
	select {
	case <-l.begin: // an older one
	default:
	}
	l.begin <- offset
}

// unread is no offset: reading does not know its place.
const unread = -1

func (l *lane) read(ctx context.Context) {
	next := int64(unread)
	for ctx.Err() == nil {
		if next == unread {
			select {
			case <-ctx.Done():
				return
			case next = <-l.begin:
			}
		}
		next = l.readFrom(ctx, next)
	}
}

// readFrom reads once and returns where to go on.
func (l *lane) readFrom(ctx context.Context, next int64) int64 {
	batches, err := l.fetch(ctx, next)
	if ctx.Err() != nil {
		return next
	}
	if err == nil {
		l.take(batches, time.Now())
		pause(ctx, readPause)
		return batches.Next
	}
	l.note(err)
	pause(ctx, min(l.interval, longestPause))
	if echo.IsOutOfRange(err) { // the topic is another, or has lost its end
		return unread
	}
	return next
}

func (l *lane) fetch(ctx context.Context, next int64) (echo.Batches, error) {
	ctx, cancel := l.client.WithRequestTimeout(ctx)
	defer cancel()
	return l.client.Fetch(ctx, l.leader.Load(), l.partition, next, l.wait)
}

// take takes what was read. Anybody may have written it: only the lane's own
// records count.
func (l *lane) take(batches echo.Batches, now time.Time) {
	var own []int64 // decoded before others have to wait
	for _, value := range batches.Values {
		m, ok := decodeMessage(value)
		if ok && m.Probe == l.id && m.Partition == l.partition {
			own = append(own, m.Sequence)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, sequence := range own {
		l.ledger.read(sequence, now)
		if sequence >= l.over {
			l.err = nil
		}
	}
	if batches.Compressed {
		l.err = errCompressed
	}
}

// status is what is known of a broker now.
type status struct {
	tally

	inFlight         int
	available, known bool
	err              error
	partition        int32
	offset           int64
}

func (l *lane) status(now time.Time) status {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ledger.expire(now)
	s := status{tally: l.ledger.clone(), inFlight: len(l.ledger.pending), err: l.err, partition: l.partition, offset: l.offset}
	s.available, s.known = l.ledger.available(now)
	if leader := l.leader.Load(); leader != cluster.NoBroker && leader != l.broker {
		s.known = false // what another broker does says nothing of this one
	}
	return s
}

// pause waits for d and reports whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
