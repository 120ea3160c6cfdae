// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

// What docs/getting-started.md shows of the demo is what the demo prints, of
// groups and topics that it has.
func TestGettingStartedShowsThisDemo(t *testing.T) {
	t.Parallel()
	blocks := docs.Read(t, "docs/getting-started.md").Blocks()
	i := slices.IndexFunc(blocks, func(b docs.Block) bool { return strings.Contains(b.Text, "$ make run\n") })
	require.GreaterOrEqual(t, i, 0)
	_, output, _ := strings.Cut(blocks[i].Text, "$ make run\n")
	head, table, found := strings.Cut(output, "\n\n")
	require.True(t, found)
	assert.True(t, strings.HasPrefix(head, "Demo Kafka:  127.0.0.1:19092,127.0.0.1:19093,127.0.0.1:19094\n"), head)

	lines := strings.Split(strings.TrimSpace(table), "\n")
	clock, err := time.Parse(time.TimeOnly, strings.Fields(lines[0])[0])
	require.NoError(t, err)
	var rows []row
	for _, line := range lines[1:] {
		var r row
		var age string
		_, err := fmt.Sscanf(line, "%s %s %s %d %d of %d %d %s",
			&r.group, &r.topic, &r.state, &r.members, &r.partitions, &r.of, &r.lag, &age)
		require.NoError(t, err, line)
		r.timeLag, err = time.ParseDuration(age)
		require.NoError(t, err, line)
		rows = append(rows, r)
	}
	var printed bytes.Buffer
	require.NoError(t, printReport(&printed, clock, rows, nil))
	assert.Equal(t, printed.String(), "\n"+table)

	var shown, has []string
	for _, r := range rows {
		shown = append(shown, fmt.Sprintf("%s %s of %d", r.group, r.topic, r.of))
	}
	for _, g := range groups {
		for _, topic := range g.topics {
			has = append(has, fmt.Sprintf("%s %s of %d", g.name, topic.name, topic.partitions))
		}
	}
	assert.ElementsMatch(t, has, shown)
}
