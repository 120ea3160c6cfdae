// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package coordination

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMessages(t *testing.T) {
	settings := Settings{"group_match": ".*"}
	introduction := Introduction{Settings: settings, Claim: []string{"b", "a"}}
	said, err := DecodeIntroduction(introduction.Encode())
	require.NoError(t, err)
	assert.Equal(t, Introduction{Version: 1, Settings: settings, Claim: []string{"b", "a"}}, said)

	assigned := Assign(settings, nil, []Member{
		{ID: "c", Introduction: Introduction{Settings: settings}.Encode()},
		{ID: "b", Introduction: Introduction{Settings: settings, Claim: []string{"a", "b"}}.Encode()},
		{ID: "a", Introduction: introduction.Encode()},
		{ID: "differs", Introduction: Introduction{Settings: Settings{"group_match": "^x"}, Claim: []string{"differs"}}.Encode()},
		{ID: "unclear", Introduction: []byte("?")},
	})
	assert.Equal(t, Assignment{
		Version: 1, Settings: settings, Members: []string{"a", "b", "c"},
		Claims: []Claim{{Members: []string{"a", "b"}, Holders: []string{"b", "a"}}, {Members: []string{"differs"}, Holders: []string{"differs"}}},
	}, assigned)
	heard, err := DecodeAssignment(assigned.Encode())
	require.NoError(t, err)
	assert.Equal(t, assigned, heard)
}

// What is introduced may be older than what is claimed: a request to join that was given up
// may come late. The leader knows who may have taken the generation that it took.
func TestWhoMayHaveTakenTheLastGeneration(t *testing.T) {
	said := func(claim ...string) []byte { return Introduction{Settings: Settings{}, Claim: claim}.Encode() }
	assigned := Assign(Settings{}, []string{"late", "leads"}, []Member{
		{ID: "leads", Introduction: said("late", "leads")},
		{ID: "late", Introduction: said("late")},
		{ID: "new", Introduction: said()},
	})
	assert.Equal(t, []Claim{
		{Members: []string{"late"}, Holders: []string{"late"}},
		{Members: []string{"late", "leads"}, Holders: []string{"leads", "late"}},
	}, assigned.Claims)
	for i := range 40 {
		assert.False(t, newPart("new", &assigned).OwnsGroup(fmt.Sprint("group-", i)))
	}
}

// A later version may say more.
func TestMessagesOfALaterVersion(t *testing.T) {
	said, err := DecodeIntroduction([]byte(`{"version":2,"settings":{"a":"b"},"claim":["m"],"mood":"good"}`))
	require.NoError(t, err)
	assert.Equal(t, Introduction{Version: 2, Settings: Settings{"a": "b"}, Claim: []string{"m"}}, said)
}

func TestMessagesThatAreNone(t *testing.T) {
	for _, text := range []string{
		"", "?", "{}", `{"version":0}`, `{"version":1,"claim":7}`, `{"version":1,"members":{}}`,
		`{"version":1,"claim":["` + strings.Repeat("m", maxMessage) + `"]}`,
	} {
		_, err := DecodeIntroduction([]byte(text))
		_, assignment := DecodeAssignment([]byte(text))
		assert.True(t, err != nil || assignment != nil, "%.50s", text)
	}
	many := []byte(`["m"` + strings.Repeat(`,"m"`, maxMembers) + `]`)
	_, err := DecodeIntroduction(bytes.Replace([]byte(`{"version":1,"claim":M}`), []byte("M"), many, 1))
	require.ErrorIs(t, err, errMembers)
	_, err = DecodeAssignment(bytes.Replace([]byte(`{"version":1,"claims":[{"holders":M}]}`), []byte("M"), many, 1))
	require.ErrorIs(t, err, errMembers)
}

func TestDifference(t *testing.T) {
	one := Settings{"a": "1", "b": "2", "mine": "3"}
	assert.Empty(t, one.Difference(one))
	assert.Empty(t, one.Difference(Settings{"a": "1", "theirs": "x"}), "a key of another version")
	assert.Equal(t, `a is "1" here and "x" there, b is "2" here and "" there`, one.Difference(Settings{"a": "x", "b": ""}))
	assert.Less(t, len(one.Difference(Settings{"a": strings.Repeat("long", 1000)})), 300)
}

// Whatever another member says, it is understood or an error.
func FuzzMessages(f *testing.F) {
	f.Add(Introduction{Claim: []string{"a"}}.Encode())
	f.Add(Assignment{Version: 1, Members: []string{"a", "b"}, Claims: []Claim{{Members: []string{"a"}, Holders: []string{"a"}}}}.Encode())
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = DecodeIntroduction(text)
		if a, err := DecodeAssignment(text); err == nil {
			newPart("a", &a).OwnsGroup(fmt.Sprint(a.settled()))
		}
		assert.NotPanics(t, func() { Assign(Settings{}, nil, []Member{{ID: "a", Introduction: text}}) })
	})
}
