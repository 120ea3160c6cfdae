// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"cmp"
	"slices"
	"strings"
)

// LimitedPartitions is what [Report.LimitPartitions] took away.
type LimitedPartitions struct {
	// Groups names the groups that have only their sums left, the largest
	// first.
	Groups []string
	// Partitions counts the partitions that they had. Committed are those among them in
	// which consumer groups have committed, SharePartitions those of share groups.
	Partitions, Committed, SharePartitions int
}

// LimitPartitions keeps a report within limit group-partitions (0: no limit): the
// largest groups keep their sums and lose their partitions, as many groups as
// it takes. Call it last, after everything that needs partitions.
func (r *Report) LimitPartitions(limit int) LimitedPartitions {
	var reduced LimitedPartitions
	total := 0
	for _, g := range r.all() {
		total += g.size()
	}
	if limit <= 0 || total <= limit {
		return reduced
	}
	for _, g := range r.bySize() {
		if total <= limit {
			break
		}
		reduced.Groups = append(reduced.Groups, g.Name)
		reduced.Partitions += g.size()
		if g.Share {
			reduced.SharePartitions += g.partitions()
		} else {
			reduced.Committed += g.partitions()
		}
		total -= g.size()
		for t := range g.Topics {
			g.Topics[t].Partitions = nil
		}
	}
	return reduced
}

// bySize lists the groups, the largest first. Equal ones are in the order of
// their names, so that each scrape picks the same.
func (r *Report) bySize() []*Group {
	groups := r.all()
	sizes := make(map[*Group]int, len(groups))
	for _, g := range groups {
		sizes[g] = g.size()
	}
	slices.SortFunc(groups, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(sizes[b], sizes[a]), strings.Compare(a.Name, b.Name))
	})
	return groups
}

// all lists the consumer groups and the share groups.
func (r *Report) all() []*Group {
	groups := make([]*Group, 0, len(r.Groups)+len(r.Share))
	for i := range r.Groups {
		groups = append(groups, &r.Groups[i])
	}
	for i := range r.Share {
		groups = append(groups, &r.Share[i])
	}
	return groups
}

// size is how many partitions have metrics of their own. Those with an owner are
// mostly those with a commit.
func (g *Group) size() int { return max(g.partitions(), g.Owned) }

// partitions counts those that the group has a commit in.
func (g *Group) partitions() int {
	n := 0
	for t := range g.Topics {
		n += len(g.Topics[t].Partitions)
	}
	return n
}
