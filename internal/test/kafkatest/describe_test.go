// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseGroups(t *testing.T) {
	const table = `
GROUP  TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID
g      a      0          2               5               3    -            -     -
g      a      1          -               7               -    id           /h    kgo

Consumer group 'h' has no active members.

GROUP  TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID
h      a      0          20              5               -15  -            -     -
h      -      -          -               -               -    id           /h    kgo
`
	const old = `
TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID
a      0          2               5               3    -            -     -
`
	for _, tt := range []struct {
		name, out, group string
		want             map[GroupTopicPartition]OffsetLag
	}{
		{"all groups", table, "", map[GroupTopicPartition]OffsetLag{
			{"g", "a", 0}: {2, 5, 3},
			{"g", "a", 1}: {Absent, 7, Absent},
			{"h", "a", 0}: {20, 5, -15},
		}},
		{"one group, without its column", old, "g", map[GroupTopicPartition]OffsetLag{{"g", "a", 0}: {2, 5, 3}}},
		{"nothing", "\n", "g", map[GroupTopicPartition]OffsetLag{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows := make(map[GroupTopicPartition]OffsetLag)
			require.NoError(t, parseGroups(rows, tt.out, tt.group))
			assert.Equal(t, tt.want, rows)
		})
	}
	err := parseGroups(nil, "TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG\na 0 x 1 1", "g")
	require.ErrorContains(t, err, "not a row of a group")
}
