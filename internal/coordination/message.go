// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package coordination

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ProtocolType is the type of the Kafka group: who reports lag and who probes have groups
// of their own, and Kafka refuses to mix them.
type ProtocolType string

// The types of the groups of collectors.
const (
	Lag   ProtocolType = "kafkalag"
	Probe ProtocolType = "kafkaprobe"
)

// IsProtocolType reports whether name is the type of a group of collectors.
func IsProtocolType(name []byte) bool {
	switch ProtocolType(name) { // without a copy
	case Lag, Probe:
		return true
	}
	return false
}

const (
	// Protocol is the name of the way in which its members share. One that does not
	// understand the other takes another name, and Kafka refuses to mix them.
	Protocol = "rendezvous"

	version = 1
)

// Limits of what another member may say.
const (
	maxMessage = 1 << 20
	maxMembers = 1000
)

var (
	errMessage = fmt.Errorf("it has more than %d bytes", maxMessage)
	errMembers = fmt.Errorf("it names more than %d members", maxMembers)
	errVersion = errors.New("it has no version")
)

// Settings are those that decide which series exist, by key. Members that differ would
// leave holes.
type Settings map[string]string

// Difference returns how other differs in keys that both have, empty where it does not.
// A key that only one of them has is of another version of this product.
func (s Settings) Difference(other Settings) string {
	var differs []string
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if theirs, known := other[key]; known && theirs != s[key] {
			differs = append(differs, fmt.Sprintf("%s is %q here and %.200q there", key, s[key], theirs))
		}
	}
	return strings.Join(differs, ", ")
}

// Introduction is what a member tells the group when it joins. Members of a later
// version may say more.
type Introduction struct {
	Version  int      `json:"version"`
	Settings Settings `json:"settings"`
	// Claim is the list of members by which it may be reporting; empty: it reports
	// nothing.
	Claim []string `json:"claim,omitempty"`
}

// Encode writes an introduction.
func (i Introduction) Encode() []byte {
	i.Version = version
	text, _ := json.Marshal(i) // strings and numbers alone
	return text
}

// DecodeIntroduction reads what another member said.
func DecodeIntroduction(text []byte) (i Introduction, err error) {
	if err := decode(text, &i); err != nil {
		return i, err
	}
	return i, check(i.Version, i.Claim)
}

// Member is a member of the group, as the coordinator describes it to the leader.
type Member struct {
	ID string
	// Instance is what a member keeps over restarts, empty for one that does not.
	Instance     string
	Introduction []byte
}

// Name is what a member is called among those that share.
func (m *Member) Name() string { return cmp.Or(m.Instance, m.ID) }

// Generation is one generation of the group.
type Generation struct {
	Number int32
	// Member is the id of this member.
	Member string
	// Leads says that it is to make the assignment. Only then there are Members.
	Leads   bool
	Members []Member
}

// Assignment is what the leader tells every member alike: who shares the cluster, and
// what each may still be reporting.
type Assignment struct {
	Version  int      `json:"version"`
	Settings Settings `json:"settings"`
	Members  []string `json:"members"`
	Claims   []Claim  `json:"claims,omitempty"`
}

// Claim is a list of members, and those by whose claim that is the list.
type Claim struct {
	Members []string `json:"members"`
	Holders []string `json:"holders"`
}

// Assign makes the assignment for a generation. Who differs from the leader's settings,
// or cannot be understood, has no part: it leaves when it hears of it. own is the leader's
// claim. Whoever is in it may have taken the same generation as the leader, even where its
// introduction says less: that may be of a request which it gave up, and which came late.
func Assign(settings Settings, own []string, members []Member) Assignment {
	a := Assignment{Version: version, Settings: settings}
	claims := claimSet{}
	for _, m := range members {
		said, err := DecodeIntroduction(m.Introduction)
		if err != nil {
			continue
		}
		if settings.Difference(said.Settings) == "" {
			a.Members = append(a.Members, m.Name())
		}
		claims.add(said.Claim, m.Name())
		if slices.Contains(own, m.Name()) {
			claims.add(own, m.Name())
		}
	}
	slices.Sort(a.Members)
	for _, key := range slices.Sorted(maps.Keys(claims)) {
		a.Claims = append(a.Claims, *claims[key])
	}
	return a
}

// claimSet is claims by their lists of members.
type claimSet map[string]*Claim

// add notes that a member may be reporting by that list, which may be empty.
func (s claimSet) add(claim []string, holder string) {
	if len(claim) == 0 {
		return
	}
	list := slices.Compact(slices.Sorted(slices.Values(claim)))
	key := strings.Join(list, "\x00")
	if s[key] == nil {
		s[key] = &Claim{Members: list}
	}
	if !slices.Contains(s[key].Holders, holder) {
		s[key].Holders = append(s[key].Holders, holder)
	}
}

// Encode writes an assignment.
func (a Assignment) Encode() []byte {
	text, _ := json.Marshal(a) // strings and numbers alone
	return text
}

// DecodeAssignment reads what the leader said.
func DecodeAssignment(text []byte) (a Assignment, err error) {
	if err := decode(text, &a); err != nil {
		return a, err
	}
	lists := [][]string{a.Members}
	for _, c := range a.Claims {
		lists = append(lists, c.Members, c.Holders)
	}
	return a, check(a.Version, lists...)
}

// settled reports whether no claim keeps a member from what is its own: nobody has come
// since each of them was made.
func (a *Assignment) settled() bool {
	return !slices.ContainsFunc(a.Claims, func(c Claim) bool {
		return slices.ContainsFunc(a.Members, func(m string) bool { return !slices.Contains(c.Members, m) })
	})
}

func decode(text []byte, into any) error {
	if len(text) > maxMessage {
		return errMessage
	}
	return json.Unmarshal(text, into)
}

func check(version int, lists ...[]string) error {
	if version < 1 {
		return errVersion
	}
	if slices.ContainsFunc(lists, func(list []string) bool { return len(list) > maxMembers }) {
		return errMembers
	}
	return nil
}
