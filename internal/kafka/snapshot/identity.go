// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// scrapesToReplace is for how many scrapes in a row another cluster alone has to answer
// at the seeds before it is reported in the place of the old one. A tunnel or a
// load balancer that leads astray for a moment is not to cost the hours that
// time lag remembers; at the default interval, three scrapes are a minute and a
// half without metrics.
const scrapesToReplace = 3

// identity follows which cluster answers: its name must never stand above the
// numbers of another one.
type identity struct {
	pool *broker.Pool
	// found is the other cluster that alone has answered at the seeds, in so many
	// scrapes in a row.
	found   string
	scrapes int
}

// learn learns the metadata. Where another cluster has taken over for good, all
// memory of the old one is dropped first.
func (c *Client) learn(ctx context.Context) error {
	err := c.metadata.learn(ctx)
	if !c.identity.isReplaced(err) {
		return err
	}
	c.log.Warn("The brokers in the configuration belong to another cluster now: it is reported from here on, "+
		"and all memory of the one before is dropped",
		zap.String("cluster_id", kafkaerr.Clip(c.identity.found)), zap.String("cluster_id_before", kafkaerr.Clip(c.metadata.clusterID)))
	c.forget()
	return c.metadata.learn(ctx)
}

// isReplaced takes the outcome of one scrape's question for metadata.
func (i *identity) isReplaced(err error) bool {
	found := i.onlyAnswer(err)
	if found != i.found {
		i.found, i.scrapes = found, 0
	}
	if found == "" {
		return false
	}
	i.scrapes++
	return i.scrapes >= scrapesToReplace
}

// onlyAnswer returns the other cluster that every seed belongs to which answers, or "".
// Where a seed does not answer, another one has to have changed from the old cluster to
// the new one: where "brokers" names two clusters, an outage of one is not to bring the
// other under its name.
func (i *identity) onlyAnswer(err error) string {
	found := map[string]string{} // by address
	for _, f := range failuresOf(err) {
		if other, ok := errors.AsType[*kafkaerr.OtherClusterError](f.Err); ok {
			found[f.Address] = other.Found
		}
	}
	only, silent, changed := "", false, false
	for _, seed := range i.pool.SeedAddresses() {
		answer := found[seed]
		if answer == "" {
			silent = true
			continue
		}
		if only != "" && answer != only {
			return ""
		}
		only, changed = answer, changed || i.pool.WasVerified(seed)
	}
	if silent && !changed {
		return ""
	}
	return only
}

// answersForAnother reports whether another cluster was among those that
// answered.
func answersForAnother(err error) bool {
	_, other := errors.AsType[*kafkaerr.OtherClusterError](err)
	return other
}

// setClusterID makes the first id that a broker returns the one that is reported. An
// answer without an id does not change it.
func (c *metadataCache) setClusterID(answer *metadata) {
	if c.clusterID == "" && answer.clusterID != "" {
		c.clusterID = answer.clusterID
		c.pool.SetCluster(c.clusterID)
	}
	answer.clusterID = cmp.Or(answer.clusterID, c.clusterID)
}

// checkIdentity refuses metadata of another cluster than the one reported: what a
// proxy leads to may change under a connection.
func (m *metadata) checkIdentity(reported string) error {
	if reported == "" || m.clusterID == "" || m.clusterID == reported {
		return nil
	}
	return &kafkaerr.OtherClusterError{Reported: reported, Found: m.clusterID}
}

// wrongSeeds verifies the seeds whose cluster is not yet known, and returns a failure
// for each that belongs to another one: with such a seed, whichever seed answers first
// after a start decides which cluster is reported. A seed that does not answer is no
// failure here.
func (s *scrape) wrongSeeds(ctx context.Context) []cluster.Failure {
	ctx, cancel := s.pool.WithPatience(ctx)
	defer cancel()
	seeds := s.pool.UnverifiedSeeds()
	var wrong []cluster.Failure
	for i, err := range broker.Parallel(seeds, func(n *broker.Node) error { return broker.Verify(ctx, n) }) {
		if answersForAnother(err) {
			wrong = append(wrong, broker.Failure(seeds[i], broker.APIMetadata, err))
		}
	}
	return wrong
}
