// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Node is what this client knows of one broker across scrapes: its connections, and
// whether it is in back-off.
type Node struct {
	// ID is the broker's, or [cluster.NoBroker] for a seed.
	ID int32

	pool    *Pool
	address string

	mu   sync.Mutex
	idle []*link
	// down is why the broker is not asked (again) in this scrape.
	down error
	// doubted is why the broker was down in an earlier step of this scrape, until it
	// is connected again, or answers on a connection that was there.
	doubted error
	// retried says that it was asked a second time in this scrape.
	retried bool
	// failed counts the scrapes in a row that ended with down set, skip the
	// coming ones that leave the broker out.
	failed, skip int
	// refusing is since when it is known to refuse the login, zero if it does not.
	refusing time.Time
	// suspensions is the optional requests that failed.
	suspensions map[string]*suspension
	// answered is when it last answered, begun when the scrape began.
	answered, begun time.Time
	// restsUntil is when a broker that throttles may be asked again.
	restsUntil time.Time
	// retired says that the cluster has no such broker any more.
	retired bool
	// reached says that there was a connection once.
	reached bool
	// verified is the cluster that it last was found to belong to.
	verified string
	// hangs says that it did not answer in time when it was last asked for its cluster
	// alone. verifying is held while it is asked again.
	hangs     atomic.Bool
	verifying sync.Mutex
	// refuses says that it refused the login when it was asked for its cluster alone.
	refuses bool

	// reading is held while a large answer is read and decoded.
	reading turnstile

	// dialing is held while a connection is made: a broker that is gone costs
	// one try, however many want to ask it.
	dialing sync.Mutex
}

func newNode(p *Pool, id int32, address string) *Node {
	return &Node{pool: p, ID: id, address: address, reading: newTurnstile()}
}

// refused reports whether the broker is down for a login that it or the source of
// tokens refused, and whether that was in this scrape.
func (n *Node) refused() (refused, now bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, before := errors.AsType[*skippedError](n.down)
	refused = kafkaerr.IsLoginRefused(n.down)
	return refused, refused && !before
}

// clearBackoff ends the back-off: the broker is asked in this scrape.
func (n *Node) clearBackoff() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down, n.skip = nil, 0
}

// busy reports whether the step's time passed while the broker kept answering:
// it has more to answer than fits, and is not down.
func (n *Node) busy(ctx context.Context) bool {
	end, limited := ctx.Deadline()
	n.mu.Lock()
	defer n.mu.Unlock()
	return limited && ctx.Err() != nil && n.answered.After(end.Add(-n.pool.cfg.RequestTimeout))
}

// observeFailed counts a failure, unless the answer was not wanted any more.
func (n *Node) observeFailed(ctx context.Context, api string, err error) {
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		n.pool.obs.Failed(api, kafkaerr.Code(err))
	}
}

// take returns a connection for a request of api: an idle one, or a new one.
func (n *Node) take(ctx context.Context, api string) (*link, error) {
	if l, err := n.takeIdle(); l != nil || err != nil {
		return l, err
	}
	n.dialing.Lock()
	defer n.dialing.Unlock()
	if l, err := n.takeIdle(); l != nil || err != nil {
		return l, err
	}
	l, err := n.openDoubted(ctx)
	if err != nil {
		n.observeFailed(ctx, api, err)
		return nil, n.fail(ctx, err)
	}
	return l, nil
}

// takeIdle returns an idle connection, nil if there is none, or an error if the broker
// is not to be asked.
func (n *Node) takeIdle() (*link, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down != nil {
		return nil, n.down
	}
	for len(n.idle) > 0 {
		last := len(n.idle) - 1
		l := n.idle[last]
		n.idle = n.idle[:last]
		if !l.expired() {
			return l, nil
		}
		l.close()
	}
	return nil, nil
}

// give keeps a connection that has answered for the next request.
func (n *Node) give(l *link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answered = time.Now()
	if n.retired || n.pool.ctx.Err() != nil {
		l.close()
		return
	}
	n.idle = append(n.idle, l)
}

// resetForRetry allows a broker that failed in this scrape to be asked once more in it,
// unless it did not answer in time, or failed in the scrape before as well: that
// would only take as long again.
func (n *Node) resetForRetry() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down != nil && n.failed == 0 && !n.retried && !kafkaerr.IsTimeout(n.down) {
		n.down, n.retried = nil, true
	}
}

// steady reports whether the broker was well in the scrape before.
func (n *Node) steady() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.failed == 0
}

// IsDown reports whether the broker is not asked any more in this scrape.
func (n *Node) IsDown() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.down != nil
}

// connected reports whether there is a connection to use.
func (n *Node) connected() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.down == nil && len(n.idle) > 0
}

// transferIdle gives a seed's connections to the broker that it turned out to be,
// or closes them.
func (n *Node) transferIdle(to *Node) {
	if to == nil {
		n.dropIdle()
		return
	}
	n.mu.Lock()
	idle := n.idle
	n.idle = nil
	n.mu.Unlock()
	for _, l := range idle {
		to.give(l)
	}
}

// fail marks the broker as down, unless the caller has cancelled the whole scrape.
func (n *Node) fail(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = err
	return err
}

// retire closes the connections of a broker that is no longer in the cluster, also
// those that are in use and given back later.
func (n *Node) retire() {
	n.mu.Lock()
	n.retired = true
	n.mu.Unlock()
	n.dropIdle()
}

// dropIdle closes all connections that are not in use.
func (n *Node) dropIdle() {
	n.mu.Lock()
	idle := n.idle
	n.idle = nil
	n.mu.Unlock()
	for _, l := range idle {
		l.close()
	}
}
