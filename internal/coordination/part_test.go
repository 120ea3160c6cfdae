// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package coordination

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// list is n members, as a coordinator names them.
func list(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("otel-collector-%032x", i*7919)
	}
	return names
}

const manyGroups = 5000

// shares counts the groups of each member, and how many of them are of another one by
// the members before.
func shares(members, before []string) (counts map[string]int, moved int) {
	counts = map[string]int{}
	now, then := newRing(members), newRing(before)
	for i := range manyGroups {
		key := hash(hash(offset, groups), fmt.Sprint("group-", i))
		owner := now.owner(key)
		counts[owner]++
		if owner != then.owner(key) {
			moved++
		}
	}
	return counts, moved
}

func TestBalance(t *testing.T) {
	const members = 16
	mean := float64(manyGroups) / members
	counts, _ := shares(list(members), list(members))
	assert.Len(t, counts, members)
	for name, n := range counts {
		assert.LessOrEqual(t, float64(n), 1.25*mean, name)
	}
}

// loadOfTheBusiest simulates how many times its fair share the busiest of that many members
// has to do, where the n-th largest group is of size n^-skew: the median and the
// nineteen-in-twentieth of many sets of members.
func loadOfTheBusiest(members int, skew float64) (median, most float64) {
	const runs = 40
	sizes, total := map[uint64]float64{}, 0.0 // by the hash of their names
	for i := range manyGroups {
		size := math.Pow(float64(i+1), -skew)
		sizes[hash(hash(offset, groups), fmt.Sprint("group-", i))] = size
		total += size
	}
	all := list(runs * members)
	var ratios []float64
	for run := range runs {
		r, loads := newRing(all[run*members:(run+1)*members]), map[string]float64{}
		for key, size := range sizes {
			loads[r.owner(key)] += size
		}
		ratios = append(ratios, slices.Max(slices.Collect(maps.Values(loads)))/total*float64(members))
	}
	slices.Sort(ratios)
	return ratios[runs/2], ratios[runs*19/20]
}

// The sizes of groups are not balanced. docs/several-collectors.md says what that comes to.
func TestLoadsOfGroupsOfUnequalSizes(t *testing.T) {
	for _, tt := range []struct {
		members      int
		skew         float64
		median, most float64
	}{
		{4, 0.5, 1.04, 1.10},
		{16, 0.5, 1.16, 1.29},
		{2, 1, 1.10, 1.28},
		{4, 1, 1.32, 1.58},
		{16, 1, 2.51, 3.21},
	} {
		median, most := loadOfTheBusiest(tt.members, tt.skew)
		assert.InDelta(t, tt.median, median, 0.01, "%d members, skew %v", tt.members, tt.skew)
		assert.InDelta(t, tt.most, most, 0.01, "%d members, skew %v", tt.members, tt.skew)
	}
}

// One that comes takes its share from the others, and one that goes leaves its own to
// them: nothing else moves.
func TestOneThatComesOrGoesMovesItsShare(t *testing.T) {
	const members = 16
	counts, moved := shares(list(members+1), list(members))
	newcomer := list(members + 1)[members]
	assert.Equal(t, counts[newcomer], moved)
	assert.LessOrEqual(t, float64(moved), 1.5*manyGroups/(members+1))

	without := slices.Delete(list(members), 3, 4)
	counts, _ = shares(list(members), list(members))
	_, moved = shares(without, list(members))
	assert.Equal(t, counts[list(members)[3]], moved)
	assert.LessOrEqual(t, float64(moved), 1.5*manyGroups/members)
}

// What two members of different versions compute must be the same for ever.
func TestOwnersStayTheSame(t *testing.T) {
	owners := map[string]string{}
	r := newRing([]string{"a", "b", "c"})
	for _, name := range []string{"billing", "shipping", "", "ä"} {
		owners[name] = r.owner(hash(hash(offset, groups), name))
	}
	assert.Equal(t, map[string]string{"": "a", "billing": "b", "shipping": "c", "ä": "b"}, owners)
}

// A topic and a group of one name have owners of their own.
func TestPart(t *testing.T) {
	members := []string{"a", "b", "c"}
	owned := map[string]int{}
	for _, self := range members {
		p := newPart(self, &Assignment{Members: members})
		assert.Equal(t, 3, p.Members())
		if p.OwnsCluster() {
			owned["cluster"]++
		}
		for i := range 100 {
			name := fmt.Sprint("name-", i)
			if p.OwnsGroup(name) {
				owned["group"]++
			}
			if p.OwnsTopic(name) {
				owned["topic"]++
			}
			if p.OwnsGroup(name) && p.OwnsTopic(name) {
				owned["both"]++
			}
		}
	}
	assert.Equal(t, 1, owned["cluster"])
	assert.Equal(t, 100, owned["group"])
	assert.Equal(t, 100, owned["topic"])
	assert.InDelta(t, 33, owned["both"], 20)
}

// A member that is new takes nothing that another one claims, and one that nobody knows
// any more claims nothing.
func TestClaimsKeepOthersOut(t *testing.T) {
	a := &Assignment{Members: []string{"a", "b", "c"}, Claims: []Claim{{Members: []string{"a", "b"}, Holders: []string{"a", "b"}}}}
	for i := range 100 {
		assert.False(t, newPart("c", a).OwnsGroup(fmt.Sprint("group-", i)))
	}
	assert.False(t, a.settled())
	a.Claims[0].Holders = []string{"a"} // b died
	before, owned := newRing([]string{"a", "b"}), 0
	for i := range 100 {
		name := fmt.Sprint("group-", i)
		if newPart("c", a).OwnsGroup(name) {
			owned++
			assert.Equal(t, "b", before.owner(hash(hash(offset, groups), name)))
		}
	}
	assert.Positive(t, owned)
	left := &Assignment{Members: []string{"a"}, Claims: []Claim{{Members: []string{"a", "b"}, Holders: []string{"a"}}}}
	assert.True(t, left.settled())
	assert.True(t, newPart("a", left).OwnsCluster())
}

func BenchmarkOwnsGroup(b *testing.B) {
	p := newPart(list(16)[3], &Assignment{Members: list(16)})
	for b.Loop() {
		p.OwnsGroup("a-group-of-a-usual-length")
	}
}
