// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package snapshot sends a scrape's requests to a Kafka cluster, one file for each
// request, and returns a [cluster.Snapshot].
package snapshot

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
)

// Request is what one scrape needs to know. Kafka requests that nothing of it needs are
// not sent.
type Request struct {
	// Topic and Group report whether a name is wanted. Nothing is asked about
	// others. A nil Group asks nothing about groups at all.
	Topic, Group func(name string) bool
	// Part is what this collector reports where several share the cluster; nil: all.
	// Nothing is asked about the rest that it does not need.
	Part Part
	// States and Types, where not empty, are the only ones of groups wanted, in
	// Kafka's words ("Stable", "classic").
	States, Types []string
	// MaxGroups is how many groups are asked about, 0 for all. LastLag returns the
	// lag of a group in the last scrape, -1 where it was not in it.
	MaxGroups int
	LastLag   func(group string) int64
	// Commits asks for committed offsets, Describe for members and state, and
	// with Assignments also for the partitions that the members are assigned, with
	// Owners also for whose each of them is.
	Commits, Describe, Assignments, Owners bool
	// DescribeStreams is Describe for streams groups.
	DescribeStreams bool
	// Share asks for where share groups are, and DescribeShare for their members.
	Share, DescribeShare bool
	// Ends and Starts ask for the partitions' end and log start offsets.
	Ends, Starts PartitionScope
	// Committed has the ends leave out what a transaction has not committed.
	Committed bool
	// Transactions asks for both the end and the last stable offset of all
	// partitions.
	Transactions bool
	// MinInSync and TopicRetention ask for the topics' settings,
	// BrokerRetention for the brokers'.
	MinInSync, TopicRetention, BrokerRetention bool
	// Reassignments asks which partitions are being moved, where some lack
	// replicas in sync.
	Reassignments bool
	// EligibleLeaders asks how many replicas may lead, where fewer are in sync than
	// MinInSync, which it needs.
	EligibleLeaders bool
	// Quorum asks how the controllers of a KRaft cluster are.
	Quorum bool
	// Deletion asks when records of the topics in which groups have committed are
	// deleted. That a login may not know is no failure.
	Deletion bool
	// DeletionBySize asks beside Deletion, as rarely as for settings, for the sizes of
	// partitions, where a topic is limited in size.
	DeletionBySize bool
	// LogDirs asks for the brokers' log directories, Sizes for the partitions' sizes.
	LogDirs, Sizes bool
}

// Part is what one of several collectors reports. A group belongs to it with all that is
// about the group, and so needs the ends of topics that are reported elsewhere.
type Part interface {
	OwnsGroup(name string) bool
	OwnsTopic(name string) bool
	OwnsCluster() bool
}

// PartitionScope is which partitions to ask about.
type PartitionScope int

const (
	// Nowhere asks nothing.
	Nowhere PartitionScope = iota
	// WhereCommitted asks of the partitions in which a wanted group has
	// committed.
	WhereCommitted
	// Everywhere asks of all.
	Everywhere
)

// optionalAPIs names the requests that nothing else depends on.
var optionalAPIs = []string{
	broker.APIDescribeGroups, broker.APIConsumerGroupDescribe, broker.APIShareGroupDescribe, broker.APIStreamsGroupDescribe,
	broker.APIDescribeShareGroupOffsets,
	broker.APIDescribeConfigs, broker.APIDescribeLogDirs, broker.APIListPartitionReassignments, broker.APIDescribeQuorum,
	broker.APIDescribeTopicPartitions,
}

// CommitSource is where groups commit beside Kafka.
type CommitSource interface {
	// Commits returns what groups committed in the wanted topics, sorted by group.
	// What could not be read is a failure.
	Commits(ctx context.Context, topic func(string) bool) ([]*cluster.Group, []cluster.Failure)
	// Close ends what is under way.
	Close()
}

// Client asks one cluster. It is started once, and connects when first asked,
// never before. One goroutine at a time may call Snapshot, any may call Close.
type Client struct {
	zooKeeper CommitSource // nil: there is none
	pool      *broker.Pool
	identity  identity
	metadata  metadataCache
	memory    memory
	maxAge    time.Duration // of the metadata
	log       *zap.Logger
}

// memory is what is remembered between scrapes, besides metadata. Each file that uses a
// part of it bounds that part.
type memory struct {
	sizes sizes
	// multiGroup is the brokers that take several groups in one OffsetFetch.
	multiGroup map[int32]bool
	// seen is the groups of the scrapes before.
	seen map[string]seenGroup
	// missing is what groups committed in and no metadata names.
	missing map[unnamed]bool
	// unsupported names the requests that some broker was found not to know.
	unsupported map[string]bool
	configs     configCache
	// sizedAt is when each broker last returned the sizes of partitions.
	sizedAt map[int32]time.Time
	// shareStarts is where share groups have started.
	shareStarts shareStarts
	// uncounted says that brokers were found not to count the lag of share groups.
	uncounted bool
	// noTransactions says that brokers were found to know no transactions.
	noTransactions bool
	// refusedDeletion says that the log has named the right that is missing.
	refusedDeletion bool
}

// New returns a client for cfg, which has been validated, and warns of
// its deprecated keys and of secrets in plain text. It does not dial. Its
// traffic is reported to obs. Commits in zooKeeper are read beside those in
// Kafka. Both may be nil.
func New(cfg kafkaconfig.Config, log *zap.Logger, obs broker.Observer, zooKeeper CommitSource) (*Client, error) {
	cfg.Warn(log)
	p, err := broker.New(cfg, log, obs, optionalAPIs...)
	if err != nil {
		return nil, err
	}
	c := &Client{
		zooKeeper: zooKeeper,
		pool:      p,
		identity:  identity{pool: p},
		maxAge:    cfg.Metadata.RefreshInterval,
		log:       log,
	}
	c.forget()
	return c, nil
}

// forget drops all that is known of the cluster.
func (c *Client) forget() {
	c.pool.Forget()
	c.metadata = metadataCache{pool: c.pool, maxAge: c.maxAge, log: c.log}
	c.memory = memory{unsupported: map[string]bool{}, multiGroup: map[int32]bool{}, sizedAt: map[int32]time.Time{}}
}

// Start looks at what the configuration refers to: files, and a collector
// extension that hands out tokens. It does not dial. The error has a line for
// each mistake.
func (c *Client) Start(host component.Host) error { return c.pool.Start(host) }

// Close drops all connections, and ends a snapshot that is being taken.
func (c *Client) Close() {
	if c.zooKeeper != nil {
		c.zooKeeper.Close()
	}
	c.pool.Close()
}

// Snapshot asks the cluster. It returns by ctx's deadline, with what was
// learned by then. The error is non-nil only where nothing usable was learned;
// the snapshot then holds the failures alone.
func (c *Client) Snapshot(ctx context.Context, ask Request) (*cluster.Snapshot, error) {
	ctx, release := c.pool.Until(ctx)
	defer release()
	c.pool.Begin()
	defer c.pool.End()
	if err := c.learn(ctx); err != nil {
		return &cluster.Snapshot{Failures: failuresOf(err)}, err
	}
	s := newScrape(c, ask)
	wrongSeeds := async(func() []cluster.Failure { return s.wrongSeeds(ctx) })
	s.groupsInTime(ctx, c.zooKeeper)
	s.catchUp(ctx)
	c.pool.NextStep()
	// Nothing depends on the groups' members, so nothing waits for them.
	wanted := s.toDescribe()
	stateless := withoutState(wanted)
	members := async(func() []described { return s.askMembers(ctx, s.allowed(wanted)) })
	s.offsets(ctx)
	s.dropUnwanted(stateless, s.describe(ctx, <-members))
	s.reassignments(ctx)
	s.quorum(ctx)
	s.configs(ctx)
	s.eligibleLeaders(ctx)
	s.logDirs(ctx)
	s.failed(<-wrongSeeds...)
	if !c.metadata.fresh && c.pool.AllDown() { // what was cached is no answer
		failures := s.snapshot.Failures
		return &cluster.Snapshot{Failures: failures}, &noMetadataError{failures}
	}
	return s.snapshot, nil
}
