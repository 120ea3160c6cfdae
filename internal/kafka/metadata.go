// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const apiMetadata = "Metadata"

// retryPause is how long the cluster gets to settle before a part of a scrape
// is asked again.
const retryPause = 250 * time.Millisecond

// metadata is what one broker said of the whole cluster. It is never changed.
type metadata struct {
	clusterID string
	brokers   map[int32]cluster.Broker
	topics    map[string]*cluster.Topic
	// unclear names the topics that the broker could not describe, with why.
	unclear map[string]sarama.KError
	// allowed is the bit set of what this login may do to the cluster, or
	// [notTold].
	allowed int32
	from    *node
	at      time.Time
}

var errNoBrokers = errors.New("the metadata names no brokers")

// metadata learns the cluster's brokers and topics from whichever broker
// answers first, unless what was learned before is young enough. It is not
// while a broker is down: where its partitions and groups went to is news.
func (c *Client) metadata(ctx context.Context) error {
	c.fresh = false
	if c.meta != nil && time.Since(c.meta.at) < c.cfg.Metadata.RefreshInterval && !c.troubled() {
		return nil
	}
	err := c.refresh(ctx)
	if err != nil && c.meta != nil && c.cfg.Metadata.RefreshInterval > 0 {
		c.stale = failuresOf(err)
		return nil
	}
	return err
}

// refresh asks for metadata.
func (c *Client) refresh(ctx context.Context) error {
	ctx, cancel := c.step(ctx)
	defer cancel()
	answer, err := c.askMetadata(ctx, nil)
	if err != nil {
		return err
	}
	if c.meta.lost(answer) {
		if answer, err = c.confirm(ctx, answer); err != nil {
			return err
		}
	}
	c.adopt(answer)
	c.fresh = true
	c.tellLimits(answer)
	return nil
}

// lost tells whether a topic that was there a moment ago is not in next: it was
// deleted, or the broker that answered does not know the cluster yet.
func (m *metadata) lost(next *metadata) bool {
	if m == nil {
		return false
	}
	for name := range m.topics {
		if next.topics[name] == nil {
			return true
		}
	}
	return false
}

// confirm asks a second time after topics have disappeared, another broker
// where there is one. The answer that knows more counts. Without a second one
// nothing is known: taking the first for the truth would be to forget topics
// that may be there.
func (c *Client) confirm(ctx context.Context, first *metadata) (*metadata, error) {
	if !pause(ctx, retryPause) {
		return nil, context.Cause(ctx)
	}
	second, err := c.askMetadata(ctx, first.from)
	if err != nil {
		return nil, err
	}
	if len(second.topics) < len(first.topics) {
		return first, nil
	}
	return second, nil
}

// askMetadata asks one broker after the other, the next one as soon as one has
// failed or not answered for a quarter of the request timeout. The broker last
// comes last.
func (c *Client) askMetadata(ctx context.Context, last *node) (*metadata, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(context.Canceled) // those that are slower are not to blame
	nodes, spared := c.candidates(last)
	withLimits := !c.limitsTold
	type outcome struct {
		asked int
		meta  *metadata
		err   error
	}
	outcomes := make(chan outcome, len(nodes))
	asked := 0
	askNext := func() {
		if asked == len(nodes) {
			return
		}
		i := asked
		asked++
		go func() {
			meta, err := c.metadataOf(ctx, nodes[i], withLimits)
			outcomes <- outcome{i, meta, err}
		}()
	}
	patience := time.NewTicker(c.cfg.RequestTimeout / 4)
	defer patience.Stop()
	var failures []cluster.Failure
	askNext()
	for len(failures) < len(nodes) {
		select {
		case o := <-outcomes:
			if o.err == nil {
				wake(slices.DeleteFunc(spared, refusedNow))
				return o.meta, nil
			}
			failures = append(failures, failure(nodes[o.asked], apiMetadata, o.err))
			askNext()
		case <-patience.C:
			askNext()
		}
	}
	return nil, &noMetadataError{failures}
}

// candidates lists whom to ask for metadata: those with a connection first,
// then the other brokers, then the seeds. Where all of them are to be left out
// for failing before, they are asked: somebody has to be. Of those that refused
// the login one is, and the others are spared until somebody lets in: attempts
// may lock an account.
func (c *Client) candidates(last *node) (nodes, spared []*node) {
	nodes = c.all()
	rank := func(n *node) int {
		switch {
		case n == last:
			return 3
		case n.id == cluster.NoBroker:
			return 2
		case n.connected():
			return 0
		}
		return 1
	}
	slices.SortStableFunc(nodes, func(a, b *node) int { return cmp.Compare(rank(a), rank(b)) })
	seen := map[string]bool{}
	nodes = slices.DeleteFunc(nodes, func(n *node) bool {
		twice := seen[n.address]
		seen[n.address] = true
		return twice
	})
	if !slices.ContainsFunc(nodes, func(n *node) bool { return !n.isDown() }) {
		spared = refusing(nodes)
		wake(slices.DeleteFunc(slices.Clone(nodes), func(n *node) bool { return slices.Contains(spared, n) }))
	}
	return nodes, spared
}

// refusing lists the nodes that refused the login, without the one that is to be
// asked again where none has been in this scrape.
func refusing(nodes []*node) []*node {
	var all []*node
	tried := false
	for _, n := range nodes {
		refused, now := n.refused()
		tried = tried || now
		if refused {
			all = append(all, n)
		}
	}
	if !tried && len(all) > 0 {
		return all[1:]
	}
	return all
}

func refusedNow(n *node) bool {
	_, now := n.refused()
	return now
}

func wake(nodes []*node) {
	for _, n := range nodes {
		n.wake()
	}
}

// metadataOf asks one broker.
func (c *Client) metadataOf(ctx context.Context, n *node, withLimits bool) (*metadata, error) {
	answer, err := ask(ctx, n, apiMetadata, func(b *sarama.Broker) (*sarama.MetadataResponse, error) {
		return b.GetMetadata(newMetadataRequest(c.conf.Version, withLimits))
	})
	if err != nil {
		return nil, err
	}
	meta := decodeMetadata(answer)
	meta.from, meta.at = n, time.Now()
	if len(meta.brokers) == 0 {
		return nil, errNoBrokers
	}
	return meta, nil
}

// newMetadataRequest asks for all topics: none is named, and none is ever
// created by asking. withLimits asks what this login may do besides, which only
// versions 8 to 10 tell.
func newMetadataRequest(version sarama.KafkaVersion, withLimits bool) *sarama.MetadataRequest {
	request := sarama.NewMetadataRequest(version, nil)
	if withLimits {
		request.Version = min(request.Version, 10)
		request.IncludeClusterAuthorizedOperations = true
	}
	return request
}

// noMetadataError is that nobody told what the cluster looks like.
type noMetadataError struct{ failures []cluster.Failure }

func (e *noMetadataError) Error() string {
	reasons := make([]string, 0, len(e.failures))
	for _, f := range e.failures {
		reasons = append(reasons, fmt.Sprintf("%s: %v", f.Address, f.Err))
	}
	return "no broker answered: " + strings.Join(reasons, "; ")
}

func (e *noMetadataError) Unwrap() []error {
	errs := make([]error, len(e.failures))
	for i, f := range e.failures {
		errs[i] = f.Err
	}
	return errs
}

// decodeMetadata turns an answer into plain types. A broker, topic or
// partition that is named twice counts once.
func decodeMetadata(answer *sarama.MetadataResponse) *metadata {
	meta := &metadata{
		brokers: make(map[int32]cluster.Broker, len(answer.Brokers)),
		topics:  make(map[string]*cluster.Topic, len(answer.Topics)),
		unclear: map[string]sarama.KError{},
		allowed: notTold,
	}
	if answer.Version >= 8 && answer.Version <= 10 {
		meta.allowed = answer.ClusterAuthorizedOperations
	}
	if answer.ClusterID != nil {
		meta.clusterID = *answer.ClusterID
	}
	for _, b := range answer.Brokers {
		meta.brokers[b.ID()] = cluster.Broker{ID: b.ID(), Address: b.Addr(), Rack: b.Rack()}
	}
	for _, t := range answer.Topics {
		meta.topics[t.Name] = decodeTopic(t)
		if t.Err != sarama.ErrNoError {
			meta.unclear[t.Name] = t.Err
		}
	}
	return meta
}

func decodeTopic(t *sarama.TopicMetadata) *cluster.Topic {
	topic := &cluster.Topic{
		Name:       t.Name,
		ID:         cluster.TopicID(t.Uuid),
		Unclear:    t.Err != sarama.ErrNoError,
		Partitions: make([]cluster.Partition, 0, len(t.Partitions)),
	}
	for _, p := range t.Partitions {
		topic.Partitions = append(topic.Partitions, cluster.Partition{
			ID:       p.ID,
			Leader:   max(p.Leader, cluster.NoBroker),
			Replicas: p.Replicas,
			InSync:   p.Isr,
			Start:    cluster.Unknown,
			End:      cluster.Unknown,
		})
	}
	byID := func(a, b cluster.Partition) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(topic.Partitions, byID)
	topic.Partitions = slices.CompactFunc(topic.Partitions, func(a, b cluster.Partition) bool { return a.ID == b.ID })
	return topic
}

// adopt makes meta the view of the cluster: brokers that it names get a node,
// others lose theirs and with it all that was held against them. The
// connection of a seed that turns out to be one of the brokers moves there.
func (c *Client) adopt(meta *metadata) {
	c.mu.Lock()
	var gone []*node
	for id, n := range c.nodes {
		if b, ok := meta.brokers[id]; !ok || b.Address != n.address {
			gone = append(gone, n)
			delete(c.nodes, id)
		}
	}
	byAddress := make(map[string]*node, len(meta.brokers))
	for id, b := range meta.brokers {
		if c.nodes[id] == nil {
			c.nodes[id] = &node{client: c, id: id, address: b.Address}
		}
		byAddress[b.Address] = c.nodes[id]
	}
	c.meta = meta
	seeds := c.seeds
	c.mu.Unlock()
	for _, n := range gone {
		n.retire()
	}
	for _, seed := range seeds {
		seed.handOver(byAddress[seed.address])
	}
}

// sorted lists the nodes by broker id. The caller holds c.mu.
func (c *Client) sorted() []*node {
	nodes := slices.Collect(maps.Values(c.nodes))
	slices.SortFunc(nodes, func(a, b *node) int { return cmp.Compare(a.id, b.id) })
	return nodes
}

// pause waits for d and tells whether ctx still goes on.
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
