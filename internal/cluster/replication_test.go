// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnderReplicated(t *testing.T) {
	for name, tt := range map[string]struct {
		replicas, inSync []int32
		moves            *Reassignment
		want             bool
	}{
		"all in sync":               {replicas: []int32{1, 2}, inSync: []int32{1, 2}},
		"one is not":                {replicas: []int32{1, 2}, inSync: []int32{1}, want: true},
		"none is, nor is a leader":  {replicas: []int32{1}, want: true},
		"one is being added":        {replicas: []int32{1, 3}, inSync: []int32{1}, moves: &Reassignment{Replicas: []int32{1, 3}, Adding: []int32{3}}},
		"one is added, one lacking": {replicas: []int32{1, 2, 3}, inSync: []int32{1}, moves: &Reassignment{Replicas: []int32{1, 2, 3}, Adding: []int32{3}}, want: true},
		"one takes another's place": {
			replicas: []int32{3, 1}, inSync: []int32{1},
			moves: &Reassignment{Replicas: []int32{3, 1}, Adding: []int32{3}, Removing: []int32{1}},
		},
		"one is only removed": {
			replicas: []int32{1, 2}, inSync: []int32{1},
			moves: &Reassignment{Replicas: []int32{1, 2}, Removing: []int32{2}}, want: true,
		},
		"the metadata is older": {
			replicas: []int32{1, 2}, inSync: []int32{1},
			moves: &Reassignment{Replicas: []int32{1, 2, 3}, Adding: []int32{3}}, want: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := Partition{Replicas: tt.replicas, InSync: tt.inSync, Reassignment: tt.moves}
			assert.Equal(t, tt.want, p.UnderReplicated())
		})
	}
}

func TestUnderMinInSync(t *testing.T) {
	two := &TopicConfig{MinInSync: new(int64(2))}
	for name, tt := range map[string]struct {
		config *TopicConfig
		inSync []int32
		want   bool
	}{
		"too few":               {two, []int32{1}, true},
		"none":                  {two, nil, true},
		"enough":                {two, []int32{1, 2}, false},
		"not asked for":         {nil, []int32{1}, false},
		"the setting is hidden": {&TopicConfig{}, []int32{1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			topic := Topic{Config: tt.config}
			assert.Equal(t, tt.want, topic.UnderMinInSync(&Partition{InSync: tt.inSync}))
		})
	}
}
