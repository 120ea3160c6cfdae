// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// SetCluster sets the id of the cluster that brokers have to belong to. From then
// on a connection is used only after its broker has returned that id: another
// cluster may have taken over an address.
func (p *Pool) SetCluster(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cluster = id
}

// clusterID is empty while any cluster will do.
func (p *Pool) clusterID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cluster
}

// Forget drops all that is known of the cluster: its id, its brokers, and the back-off
// of brokers and seeds.
func (p *Pool) Forget() {
	p.mu.Lock()
	nodes := append(p.sorted(), p.seeds...)
	p.cluster = ""
	clear(p.nodes)
	for i, n := range p.seeds {
		p.seeds[i] = newNode(p, n.ID, n.address)
	}
	p.mu.Unlock()
	for _, n := range nodes {
		n.retire()
	}
}

// SeedAddresses lists the configured host:ports.
func (p *Pool) SeedAddresses() []string { return p.cfg.Brokers }

// WasVerified reports whether a seed or broker at the address has belonged to the
// cluster.
func (p *Pool) WasVerified(address string) bool {
	cluster := p.clusterID()
	return slices.ContainsFunc(p.all(), func(n *Node) bool { return n.address == address && n.lastVerified() == cluster })
}

// UnverifiedSeeds lists the seeds whose cluster is not yet known. A seed that has
// the address of a broker is verified with that broker, and stays verified: after
// the broker has left the cluster, the seed is not dialed for it.
func (p *Pool) UnverifiedSeeds() []*Node {
	p.mu.Lock()
	defer p.mu.Unlock()
	brokers := map[string]*Node{}
	for _, n := range p.nodes {
		brokers[n.address] = n
	}
	return slices.DeleteFunc(slices.Clone(p.seeds), func(seed *Node) bool {
		broker := brokers[seed.address]
		if broker != nil && broker.isVerified(p.cluster) {
			seed.setVerified(p.cluster)
		}
		return broker != nil || seed.isVerified(p.cluster)
	})
}

// Verify connects to n, and returns why it is not of the cluster that
// [Pool.SetCluster] named, or cannot be asked. A seed that did not answer in time
// before is not waited for: once it answers, the next scrape asks it again.
func Verify(ctx context.Context, n *Node) error {
	if n.hangs.Load() {
		n.verifyInBackground(ctx)
		return nil
	}
	err := n.verifySeed(ctx)
	n.hangs.Store(kafkaerr.IsTimeout(err))
	return err
}

// verifyInBackground ends with the pool, not with ctx. An earlier one goes on.
func (n *Node) verifyInBackground(ctx context.Context) {
	if !n.verifying.TryLock() {
		return
	}
	go func() {
		defer n.verifying.Unlock()
		ctx, release := n.pool.Until(context.WithoutCancel(ctx))
		defer release()
		ctx, cancel := n.pool.WithPatience(ctx)
		defer cancel()
		n.hangs.Store(kafkaerr.IsTimeout(n.verifySeed(ctx)))
	}()
}

func (n *Node) verifySeed(ctx context.Context) error {
	l, err := n.ready(ctx, APIMetadata)
	if err != nil {
		n.noteRefusal(err)
		return err
	}
	defer l.close() // a seed is asked again only when no broker answers
	if _, err := n.verify(ctx, l); err != nil {
		n.observeFailed(ctx, APIMetadata, err)
		return n.fail(ctx, &kafkaerr.RequestError{Err: err})
	}
	return nil
}

// noteRefusal keeps in mind that a seed refuses the login: attempts may lock an
// account, and nothing waits for what the seed says.
func (n *Node) noteRefusal(err error) {
	if errors.Is(err, sarama.ErrSASLAuthenticationFailed) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.refuses = true
	}
}

// isVerified reports whether n belongs to the cluster by its own answer, or is not
// to be asked.
func (n *Node) isVerified(cluster string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.refuses || n.verified == cluster
}

// verify asks the broker at the other end of l for its cluster, unless l is verified
// already. It also returns how long the broker then throttles this client; what is
// still open is to be asked after that. Only a wrong id in every answer makes it
// another cluster: the id that is reported comes from Metadata, and a proxy may
// return a different one for DescribeCluster.
func (n *Node) verify(ctx context.Context, l *link) (throttle time.Duration, err error) {
	want := n.pool.clusterID()
	if want == "" || l.verified == want {
		return 0, nil
	}
	var other error
	for _, r := range identityRequests() {
		if l.negotiate(r.Request) != nil {
			continue
		}
		began := time.Now()
		found, rest, err := exchange(ctx, n, l, r.Request, r.decode)
		n.pool.obs.Request(r.Name(), time.Since(began))
		switch {
		case err != nil:
			return 0, err
		case found == "" || found == want:
			n.verifiedAs(want, l)
			return rest, nil
		case rest > 0:
			return rest, nil
		}
		other = &kafkaerr.OtherClusterError{Reported: want, Found: found}
	}
	if other == nil { // it takes neither request
		n.verifiedAs(want, l)
	}
	return 0, other
}

func (n *Node) lastVerified() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.verified
}

func (n *Node) verifiedAs(cluster string, l *link) {
	l.verified = cluster
	n.setVerified(cluster)
}

func (n *Node) setVerified(cluster string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.verified = cluster
}

// identityRequest asks for the id of a broker's cluster.
type identityRequest struct {
	wire.Request

	decode func(*wire.Reader) string
}

// identityRequests are small whatever the cluster, the one that new brokers know
// first. The other one names no topics.
func identityRequests() []identityRequest {
	return []identityRequest{
		{wire.Request{Request: kmsg.NewPtrDescribeClusterRequest()}, decodeDescribeCluster},
		{wire.Request{Request: &kmsg.MetadataRequest{Topics: []kmsg.MetadataRequestTopic{}}, Min: 2, Max: 7, Throttle: 3}, decodeNoTopics},
	}
}

func decodeDescribeCluster(r *wire.Reader) (clusterID string) {
	r.Int16() // an error
	r.Text()  // its message
	clusterID = r.String()
	r.Int32() // the controller
	for range r.Each(wire.Size{Fixed: 8, Strings: 2}) {
		skipBroker(r)
	}
	r.Int32() // what this login may do
	return clusterID
}

func decodeNoTopics(r *wire.Reader) (clusterID string) {
	for range r.Each(wire.Size{Fixed: 8, Strings: 2}) {
		skipBroker(r)
	}
	clusterID = r.String()
	r.SkipRest() // of all topics, where a peer takes none for all
	return clusterID
}

func skipBroker(r *wire.Reader) {
	r.Int32()
	r.Text()
	r.Int32()
	r.Text()
}
