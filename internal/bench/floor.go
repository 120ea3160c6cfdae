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
	// group in an OffsetFetch.
	connections = 8
	// multiGroup is the first OffsetFetch that takes several groups.
	multiGroup = 8
)

// floor asks what a scrape asks, of real connections and with the same library,
// and does nothing with the answers: it is what the receiver is held against.
// Brokers are asked side by side, each of them one request after the other.
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
	err = sideBySide(f.brokers, func(i int, b floorBroker) (err error) {
		if groups[i], err = f.groups(b.lines[0]); err != nil {
			return err
		}
		return f.commits(b.lines, groups[i])
	})
	if err != nil {
		return err
	}
	err = sideBySide(f.brokers, func(_ int, b floorBroker) error {
		return errors.Join(
			f.offsets(b, meta, sarama.OffsetNewest),
			f.offsets(b, meta, sarama.OffsetOldest))
	})
	if err != nil {
		return err
	}
	return sideBySide(f.brokers, func(i int, b floorBroker) error { return f.describe(b.lines[0], groups[i]) })
}

// sideBySide does the same with all elements at once.
func sideBySide[T any](all []T, do func(int, T) error) error {
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

func (f *floor) commits(lines []*sarama.Broker, groups []string) error {
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		request := sarama.NewOffsetFetchRequest(f.conf.Version, "", nil)
		request.Groups = request.Groups[:0]
		for _, g := range batch {
			request.Groups = append(request.Groups, sarama.OffsetFetchRequestGroup{GroupId: g})
		}
		answer, err := lines[0].FetchOffset(request)
		if request.Version < multiGroup {
			return f.commitsOneByOne(lines, groups)
		}
		if err != nil {
			return err
		}
		if len(answer.Groups) != len(batch) {
			return fmt.Errorf("OffsetFetch: asked for %d groups, answered for %d", len(batch), len(answer.Groups))
		}
	}
	return nil
}

// commitsOneByOne spreads the groups over the connections.
func (f *floor) commitsOneByOne(lines []*sarama.Broker, groups []string) error {
	return sideBySide(lines, func(i int, b *sarama.Broker) error {
		for g := i; g < len(groups); g += len(lines) {
			if _, err := b.FetchOffset(sarama.NewOffsetFetchRequest(f.conf.Version, groups[g], nil)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *floor) offsets(b floorBroker, meta *sarama.MetadataResponse, at int64) error {
	request := sarama.NewOffsetRequest(f.conf.Version)
	asked := false
	for _, topic := range meta.Topics {
		for _, p := range topic.Partitions {
			if p.Leader == b.id && !topic.IsInternal {
				request.AddBlock(topic.Name, p.ID, at, 1)
				asked = true
			}
		}
	}
	if !asked {
		return nil
	}
	_, err := b.lines[0].GetAvailableOffsets(request)
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
