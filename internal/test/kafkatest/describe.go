// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Absent stands where Kafka's tool prints "-". It is no number that the tool
// could print: its lags can be negative.
const Absent int64 = math.MinInt64

// GroupTopicPartition names one row of Kafka's tool.
type GroupTopicPartition struct {
	Group, Topic string
	Partition    int32
}

// OffsetLag is what Kafka's tool says of a row; each can be [Absent].
type OffsetLag struct{ Offset, End, Lag int64 }

// DescribeAllGroups asks Kafka's own kafka-consumer-groups.sh, the authority on
// lag, for every group. Names must not contain spaces.
func (c *Cluster) DescribeAllGroups(t testing.TB) map[GroupTopicPartition]OffsetLag {
	t.Helper()
	rows := make(map[GroupTopicPartition]OffsetLag)
	if c.release.AllGroups {
		c.describe(t, rows, "", "--all-groups")
		return rows
	}
	// The old tool's --list leaves out the groups that never had a member.
	for _, group := range c.Groups(t) {
		c.describe(t, rows, group, "--group", group)
	}
	return rows
}

func (c *Cluster) describe(t testing.TB, rows map[GroupTopicPartition]OffsetLag, group string, which ...string) {
	t.Helper()
	out := c.groupCommand(t, append([]string{"--describe"}, which...)...)
	if err := parseGroups(rows, out, group); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func (c *Cluster) groupCommand(t testing.TB, args ...string) string {
	t.Helper()
	return c.Tool(t, c.release.GroupCommand, append([]string{"--bootstrap-server", strings.Join(c.Brokers(), ",")}, args...)...)
}

// parseGroups adds the rows of the tool's tables. Each table names its columns
// first; group is for tables without a GROUP column.
func parseGroups(rows map[GroupTopicPartition]OffsetLag, out, group string) error {
	var columns []string
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		switch {
		case slices.Contains(fields, "CURRENT-OFFSET"):
			columns = fields
		case columns == nil || len(fields) != len(columns):
			// Blank, or a sentence such as "group g has no active members".
		default:
			row := make(map[string]string, len(columns))
			for i, column := range columns {
				row[column] = fields[i]
			}
			if err := addRow(rows, row, group); err != nil {
				return err
			}
		}
	}
	return nil
}

func addRow(rows map[GroupTopicPartition]OffsetLag, row map[string]string, group string) error {
	if row["TOPIC"] == "-" {
		return nil // a member without a partition
	}
	if named, ok := row["GROUP"]; ok {
		group = named
	}
	partition, err := strconv.ParseInt(row["PARTITION"], 10, 32)
	if err != nil {
		return fmt.Errorf("not a row of a group: %w", err)
	}
	var numbers [3]int64
	for i, column := range []string{"CURRENT-OFFSET", "LOG-END-OFFSET", "LAG"} {
		if numbers[i], err = number(row[column]); err != nil {
			return fmt.Errorf("not a row of a group: %w", err)
		}
	}
	rows[GroupTopicPartition{group, row["TOPIC"], int32(partition)}] = OffsetLag{numbers[0], numbers[1], numbers[2]}
	return nil
}

func number(field string) (int64, error) {
	if field == "-" {
		return Absent, nil
	}
	return strconv.ParseInt(field, 10, 64)
}
