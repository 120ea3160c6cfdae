// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafka is everything that speaks to Kafka: connections, logins, and
// one file for each question asked in a scrape. It answers with a
// [cluster.Snapshot]; the types of the client library stay in here.
package kafka

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Questions is what one scrape wants to know. A request that no question needs
// is not sent.
type Questions struct {
	// Topic and Group tell which names are wanted. Nothing is asked about
	// others. A nil Group asks nothing about groups at all.
	Topic, Group func(name string) bool
	// States and Types, where not empty, are the only ones of groups wanted, in
	// Kafka's words ("Stable", "classic").
	States, Types []string
	// Commits asks for committed offsets, Describe for members and state, and
	// with Assignments also for the partitions that the members are assigned.
	Commits, Describe, Assignments bool
	// ZooKeeper, where not nil, reads what is committed there. It is called
	// beside the questions about groups. Ends are asked for when it returns: none
	// may be older than an offset that it is held against.
	ZooKeeper func(ctx context.Context) ([]*cluster.Group, []cluster.Failure)
	// Ends and Starts ask for the partitions' end and log start offsets.
	Ends, Starts Extent
	// Committed has the ends leave out what a transaction has not committed.
	Committed bool
	// MinInSync and TopicRetention ask for the topics' settings,
	// BrokerRetention for the brokers'.
	MinInSync, TopicRetention, BrokerRetention bool
	// LogDirs asks for the brokers' log directories and the partitions' sizes.
	LogDirs bool
}

// Extent tells of which partitions something is to be asked.
type Extent int

const (
	// Nowhere asks nothing.
	Nowhere Extent = iota
	// WhereCommitted asks of the partitions in which a wanted group has
	// committed.
	WhereCommitted
	// Everywhere asks of all.
	Everywhere
)

// maxCalls bounds the calls under way, those included that were given up on but
// have not ended: they wait for something that cutting a connection does not
// end.
const maxCalls = 2048

var (
	errNoAnswer = errors.New("no answer within request_timeout")
	errClosed   = errors.New("the client is closed")
	errHanging  = errors.New("not dialed: too many earlier calls still hang")
)

// Client asks one cluster. It is started once, and connects when first asked,
// never before. One goroutine at a time may call Snapshot, any may call Close.
type Client struct {
	cfg   Config
	conf  sarama.Config
	log   *zap.Logger
	obs   Observer
	ctx   context.Context //nolint:containedctx // ends with Close
	stop  context.CancelCauseFunc
	calls atomic.Int64
	// tokens is nil where the login needs none.
	tokens *tokens

	sizes sizes

	mu    sync.Mutex
	nodes map[int32]*node
	seeds []*node

	meta *metadata // the last one that was learned; nil at first
	// fresh says that it was learned in this scrape, stale why it still serves
	// although it should have been.
	fresh      bool
	stale      []cluster.Failure
	limitsTold bool
	// seen is the groups of the scrapes before.
	seen map[string]seenGroup
	// missing is what groups committed in and was looked for in vain.
	missing map[unnamed]bool
	// lacking names the requests that some broker was found not to know.
	lacking  map[string]bool
	settings settings
}

// NewClient returns a client for cfg, which has been validated, and warns of
// its deprecated keys and of secrets in plain text. It does not dial. Its
// traffic is told to obs, which may be nil.
func NewClient(cfg Config, log *zap.Logger, obs Observer) (*Client, error) {
	cfg, deprecated := cfg.current()
	warnDeprecated(log, deprecated)
	warnReadable(log, &cfg)
	return newClient(cfg, log, obs)
}

// newClient is NewClient without a warning: a finder has the same configuration.
func newClient(cfg Config, log *zap.Logger, obs Observer) (*Client, error) {
	if obs == nil {
		obs = unobserved{}
	}
	cfg, _ = cfg.current()
	c := &Client{cfg: cfg, log: log, obs: obs, nodes: map[int32]*node{}, lacking: map[string]bool{}}
	c.ctx, c.stop = context.WithCancelCause(context.Background())
	c.tokens = newTokens(c.ctx, &c.cfg)
	conf, err := saramaConfig(&c.cfg, c.tokens)
	if err != nil {
		return nil, err
	}
	c.conf = *conf
	for _, address := range cfg.Brokers {
		c.seeds = append(c.seeds, &node{client: c, id: cluster.NoBroker, address: address})
	}
	forwardLogs(log)
	return c, nil
}

// Start looks at what the configuration refers to: files, and a collector
// extension that hands out tokens. It does not dial. The error has a line for
// each mistake.
func (c *Client) Start(host component.Host) error {
	mistakes := c.cfg.fileMistakes(c.ctx, time.Now())
	if err := c.useExtension(host); err != nil {
		mistakes = append(mistakes, err)
	}
	return errors.Join(mistakes...)
}

// Snapshot asks the cluster. It returns by ctx's deadline, with what was
// learned by then. The error is non-nil only where nothing usable was learned;
// the snapshot then holds the failures alone.
func (c *Client) Snapshot(ctx context.Context, ask Questions) (*cluster.Snapshot, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.ctx, func() { cancel(errClosed) })() //nolint:contextcheck // the client's own end
	c.begin()
	defer c.end()
	c.stale = nil
	if err := c.metadata(ctx); err != nil {
		return &cluster.Snapshot{Failures: failuresOf(err)}, err
	}
	s := newScrape(c, ask)
	s.groupsEverywhere(ctx)
	s.catchUp(ctx)
	// Nothing depends on the groups' members, so nothing waits for them.
	wanted := s.toDescribe()
	stateless := withoutState(wanted)
	members := async(func() []undescribed { return s.askMembers(ctx, s.allowed(wanted)) })
	s.offsets(ctx)
	s.dropUnwanted(stateless, s.describe(ctx, <-members))
	s.configs(ctx)
	s.logDirs(ctx)
	if !c.fresh && c.allDown() { // what was cached is no answer
		failures := s.snapshot.Failures
		return &cluster.Snapshot{Failures: failures}, &noMetadataError{failures}
	}
	return s.snapshot, nil
}

// allDown tells whether no broker at all has answered.
func (c *Client) allDown() bool {
	return !slices.ContainsFunc(c.current(), func(n *node) bool { return !n.isDown() })
}

// troubled tells whether a broker failed in the scrape before.
func (c *Client) troubled() bool {
	return slices.ContainsFunc(c.current(), func(n *node) bool { return !n.steady() })
}

// Close drops all connections, and cuts those that a request hangs on.
func (c *Client) Close() {
	c.stop(errClosed)
	for _, n := range c.all() {
		n.dropIdle()
	}
}

// open makes a connection that is ready for requests.
func (c *Client) open(ctx context.Context, address string) (*link, error) {
	if c.calls.Load() >= maxCalls {
		return nil, errHanging
	}
	return openLink(ctx, c, address)
}

// all lists every broker known, those of the metadata first.
func (c *Client) all() []*node {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append(c.sorted(), c.seeds...)
}

func (c *Client) begin() {
	c.tokens.begin()
	for _, n := range c.all() {
		n.begin()
	}
}

func (c *Client) end() {
	for _, n := range c.all() {
		n.end()
	}
}

// step gives one request its share of the time.
func (c *Client) step(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, c.cfg.RequestTimeout, errNoAnswer)
}

// half gives many requests of one kind half of what time is left, so that
// those that come after them have theirs.
func half(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, limited := ctx.Deadline()
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, time.Until(deadline)/2, errNoAnswer)
}
