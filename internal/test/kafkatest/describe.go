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

// Owner is the member to which Kafka's tool says that a partition is assigned.
type Owner struct{ ClientID, Host string }

// DescribeOwners asks Kafka's own tool whose the partitions of every group are. Names
// must not contain spaces.
func (c *Cluster) DescribeOwners(t testing.TB) map[GroupTopicPartition]Owner {
	t.Helper()
	owners := map[GroupTopicPartition]Owner{}
	out := c.groupCommand(t, "--describe", "--all-groups")
	err := eachRow(out, func(row map[string]string) error {
		if row["CLIENT-ID"] == "-" || row["PARTITION"] == "-" {
			return nil // a partition of nobody, or a member without one
		}
		partition, err := strconv.ParseInt(row["PARTITION"], 10, 32)
		owners[GroupTopicPartition{row["GROUP"], row["TOPIC"], int32(partition)}] = Owner{row["CLIENT-ID"], row["HOST"]}
		return err
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return owners
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

// parseGroups adds the rows of the tool's tables. group is for tables without a GROUP
// column.
func parseGroups(rows map[GroupTopicPartition]OffsetLag, out, group string) error {
	return eachRow(out, func(row map[string]string) error { return addRow(rows, row, group) })
}

// eachRow calls add with the rows of the tool's tables, by column. Each table names its
// columns first.
func eachRow(out string, add func(row map[string]string) error) error {
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
			if err := add(row); err != nil {
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
