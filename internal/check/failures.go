// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// firstNamed is how many addresses or names a line has.
const firstNamed = 3

// failureReason is what failures in one line have in common.
type failureReason struct{ code, why string }

// mergeFailures makes one of the failures that have the same code and cause, in the
// order of the first of each.
func mergeFailures(show printer, failures []cluster.Failure) []Failure {
	var all []Failure
	known := map[failureReason]int{}
	addresses := map[failureReason]map[string]bool{}
	for _, f := range failures {
		message := show.failure(f)
		reason := failureReason{f.Code, cmp.Or(show.text(f.Cause), message)}
		at, seen := known[reason]
		if !seen {
			at = len(all)
			known[reason], addresses[reason] = at, map[string]bool{}
			all = append(all, Failure{
				APIs: []string{}, Addresses: []string{}, ErrorCode: f.Code, LikelyCause: show.text(f.Cause), Error: message,
			})
		}
		all[at].add(f)
		if f.Address != "" && !addresses[reason][f.Address] {
			addresses[reason][f.Address] = true
			all[at].at(show.text(f.Address))
		}
	}
	return all
}

func (f *Failure) add(other cluster.Failure) {
	if other.API != "" && !slices.Contains(f.APIs, other.API) {
		f.APIs = append(f.APIs, other.API)
	}
	f.GroupsMissing += other.Groups
	f.PartitionsMissing += other.Partitions
}

func (f *Failure) at(address string) {
	f.AddressCount++
	if len(f.Addresses) < maxListed {
		f.Addresses = append(f.Addresses, address)
	}
}

// String says why requests failed, where, and what that costs.
func (f *Failure) String() string {
	var text strings.Builder
	if f.AddressCount > 0 {
		text.WriteString(firstOf(f.Addresses, f.AddressCount) + ": ")
	}
	text.WriteString(cmp.Or(f.LikelyCause, f.Error))
	text.WriteString(" (" + strings.Join(append(slices.Clone(f.APIs), cmp.Or(f.ErrorCode, "no answer")), ", ") + ")")
	if f.GroupsMissing > 0 {
		fmt.Fprintf(&text, ", %s missing", count(f.GroupsMissing, "group"))
	}
	if f.PartitionsMissing > 0 {
		fmt.Fprintf(&text, ", %s missing", count(f.PartitionsMissing, "partition"))
	}
	return text.String()
}

// firstOf names the first of n.
func firstOf(names []string, n int) string {
	named := names[:min(len(names), firstNamed)]
	text := strings.Join(named, ", ")
	if more := n - len(named); more > 0 {
		return fmt.Sprintf("%s and %d more", text, more)
	}
	return text
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
