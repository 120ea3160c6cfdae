// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/IBM/sarama"
)

const (
	// groupsPerRequest is the receiver's own batch.
	groupsPerRequest = 100
	// connections is how many the receiver uses to a broker that takes one
	// group in an OffsetFetch, fetches to another.
	connections = 8
	fetches     = 2
	// multiGroup is the first OffsetFetch that takes several groups.
	multiGroup = 8
)

var errOneGroup = errors.New("the broker takes one group in a request")

// floor asks what a scrape asks, of real connections and with the same library,
// and does nothing with the answers: it is what the receiver is held against.
// What the receiver asks in parallel, it does too.
type floor struct {
	conf    *sarama.Config
	brokers []floorBroker
}

// floorBroker is a broker and the connections to it, of which most work needs
// one.
type floorBroker struct {
	id    int32
	lines []*sarama.Broker
}

func newFloor(address string) (*floor, error) {
	conf := sarama.NewConfig()
	conf.Version = sarama.MaxVersion
	conf.Net.MaxOpenRequests = 1
	f := &floor{conf: conf}
	seed, err := f.dial(address)
	if err != nil {
		return nil, err
	}
	meta, err := seed.GetMetadata(sarama.NewMetadataRequest(conf.Version, nil))
	if err != nil {
		return nil, err
	}
	for _, b := range meta.Brokers {
		to := floorBroker{b.ID(), make([]*sarama.Broker, connections)}
		for i := range to.lines {
			if to.lines[i], err = f.dial(b.Addr()); err != nil {
				return nil, err
			}
		}
		f.brokers = append(f.brokers, to)
	}
	// The seed stays open: closing it would end the counters of all.
	return f, nil
}

func (f *floor) dial(address string) (*sarama.Broker, error) {
	b := sarama.NewBroker(address)
	if err := b.Open(f.conf); err != nil {
		return nil, err
	}
	_, err := b.Connected()
	return b, err
}

// once asks everything once: commits before ends, as the receiver does.
func (f *floor) once() error {
	meta, err := f.brokers[0].lines[0].GetMetadata(sarama.NewMetadataRequest(f.conf.Version, nil))
	if err != nil {
		return err
	}
	groups := make([][]string, len(f.brokers))
	err = parallel(f.brokers, func(i int, b floorBroker) (err error) {
		if groups[i], err = f.groups(b.lines[0]); err != nil {
			return err
		}
		return f.commits(b.lines, groups[i])
	})
	if err != nil {
		return err
	}
	return parallel(f.brokers, func(i int, b floorBroker) error {
		return parallel([]func() error{
			func() error { return f.offsets(b.id, b.lines[0], meta, sarama.OffsetNewest) },
			func() error { return f.offsets(b.id, b.lines[1], meta, sarama.OffsetOldest) },
			func() error { return f.describe(b.lines[2], groups[i]) },
		}, func(_ int, ask func() error) error { return ask() })
	})
}

// parallel calls do for all elements at once, and returns their errors joined.
func parallel[T any](all []T, do func(int, T) error) error {
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	for i, one := range all {
		wait.Go(func() { errs[i] = do(i, one) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

func (f *floor) groups(b *sarama.Broker) ([]string, error) {
	answer, err := b.ListGroups(&sarama.ListGroupsRequest{Version: 5})
	if err != nil {
		return nil, err
	}
	groups := make([]string, 0, len(answer.Groups))
	for group := range answer.Groups {
		groups = append(groups, group)
	}
	return groups, nil
}

// commits asks in batches where the broker takes several groups.
func (f *floor) commits(lines []*sarama.Broker, groups []string) error {
	err := spread(lines[:fetches], slices.Collect(slices.Chunk(groups, groupsPerRequest)), f.batch)
	if !errors.Is(err, errOneGroup) {
		return err
	}
	return spread(lines, groups, func(b *sarama.Broker, group string) error {
		_, err := b.FetchOffset(sarama.NewOffsetFetchRequest(f.conf.Version, group, nil))
		return err
	})
}

func (f *floor) batch(b *sarama.Broker, groups []string) error {
	request := sarama.NewOffsetFetchRequest(f.conf.Version, "", nil)
	request.Groups = request.Groups[:0]
	for _, g := range groups {
		request.Groups = append(request.Groups, sarama.OffsetFetchRequestGroup{GroupId: g})
	}
	answer, err := b.FetchOffset(request)
	switch {
	case request.Version < multiGroup: // the library did not send it
		return errOneGroup
	case err != nil:
		return err
	case len(answer.Groups) != len(groups):
		return fmt.Errorf("OffsetFetch: asked for %d groups, answered for %d", len(groups), len(answer.Groups))
	}
	return nil
}

// spread has each connection ask for the next as soon as it can.
func spread[T any](lines []*sarama.Broker, all []T, ask func(*sarama.Broker, T) error) error {
	next := make(chan T, len(all))
	for _, one := range all {
		next <- one
	}
	close(next)
	return parallel(lines, func(_ int, b *sarama.Broker) error {
		for one := range next {
			if err := ask(b, one); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *floor) offsets(leader int32, b *sarama.Broker, meta *sarama.MetadataResponse, at int64) error {
	request := sarama.NewOffsetRequest(f.conf.Version)
	asked := false
	for _, topic := range meta.Topics {
		for _, p := range topic.Partitions {
			if p.Leader == leader && !topic.IsInternal {
				request.AddBlock(topic.Name, p.ID, at, 1)
				asked = true
			}
		}
	}
	if !asked {
		return nil
	}
	_, err := b.GetAvailableOffsets(request)
	return err
}

func (f *floor) describe(b *sarama.Broker, groups []string) error {
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		if _, err := b.DescribeGroups(&sarama.DescribeGroupsRequest{Version: 5, Groups: batch}); err != nil {
			return err
		}
	}
	return nil
}
