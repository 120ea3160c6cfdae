// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// groups is the type of groups in requests for settings.
const groups kmsg.ConfigResourceType = 32

// ReadFromStart has a share group begin with the oldest records.
func (s Seed) ReadFromStart(t testing.TB, group string) {
	t.Helper()
	s.configure(t, groups, group, "share.auto.offset.reset", "earliest")
}

// ConfigureBroker changes a setting of a broker while it runs.
func (s Seed) ConfigureBroker(t testing.TB, broker int32, setting, value string) {
	t.Helper()
	s.configure(t, kmsg.ConfigResourceTypeBroker, strconv.Itoa(int(broker)), setting, value)
}

// ConfigureTopic sets one of the topic's settings.
func (s Seed) ConfigureTopic(t testing.TB, topic, setting, value string) {
	t.Helper()
	s.configure(t, kmsg.ConfigResourceTypeTopic, topic, setting, value)
}

func (s Seed) configure(t testing.TB, of kmsg.ConfigResourceType, name, setting, value string) {
	t.Helper()
	request := kmsg.NewPtrIncrementalAlterConfigsRequest()
	request.Resources = []kmsg.IncrementalAlterConfigsRequestResource{{
		ResourceType: of, ResourceName: name,
		Configs: []kmsg.IncrementalAlterConfigsRequestResourceConfig{{Name: setting, Value: &value}},
	}}
	s.admin(t, func(ctx context.Context, _ *kadm.Client) error {
		client := s.client(t)
		defer client.Close()
		answer, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(answer.Resources[0].ErrorCode)
	})
}

// ShareConsume has Kafka's own console consumer read so many records of a topic as a
// member of a share group, and complete them.
func (c *Cluster) ShareConsume(t testing.TB, group, topic string, records int) {
	t.Helper()
	out := c.Tool(t, shareConsumer, c.shareArgs(group, topic, "--max-messages", strconv.Itoa(records))...)
	if got := strings.Count(out, "\n"); got != records {
		t.Fatalf("%d of %d records were read", got, records)
	}
}

// StartShareConsumer has that consumer read until the test is over.
func (c *Cluster) StartShareConsumer(t testing.TB, group, topic string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "share-consumer.log")
	p, err := c.startJava(log, slices.Concat(fastJava, []string{shareConsumer}, c.shareArgs(group, topic))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
}

const shareConsumer = "org.apache.kafka.tools.consumer.ConsoleShareConsumer"

func (c *Cluster) shareArgs(group, topic string, more ...string) []string {
	return append([]string{"--bootstrap-server", strings.Join(c.Brokers(), ","), "--group", group, "--topic", topic}, more...)
}

// StartLag is what Kafka's tool says of a partition of a share group; each can be
// [Absent].
type StartLag struct{ Start, Lag int64 }

// DescribeShareGroup asks Kafka's own kafka-share-groups.sh where a group is.
func (c *Cluster) DescribeShareGroup(t testing.TB, group string) map[GroupTopicPartition]StartLag {
	t.Helper()
	out := c.Tool(t, "org.apache.kafka.tools.consumer.group.ShareGroupCommand",
		"--bootstrap-server", strings.Join(c.Brokers(), ","), "--describe", "--offsets", "--group", group)
	rows := map[GroupTopicPartition]StartLag{}
	var columns []string
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		switch {
		case slices.Contains(fields, "START-OFFSET"):
			columns = fields
		case len(columns) > 0 && len(fields) == len(columns):
			row := map[string]string{}
			for i, column := range columns {
				row[column] = fields[i]
			}
			if err := addShareRow(rows, row); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		}
	}
	return rows
}

func addShareRow(rows map[GroupTopicPartition]StartLag, row map[string]string) error {
	partition, err := strconv.ParseInt(row["PARTITION"], 10, 32)
	if err != nil {
		return fmt.Errorf("not a row of a group: %w", err)
	}
	start, err := number(row["START-OFFSET"])
	if err != nil {
		return err
	}
	lag, err := number(row["LAG"])
	if err != nil {
		return err
	}
	rows[GroupTopicPartition{row["GROUP"], row["TOPIC"], int32(partition)}] = StartLag{start, lag}
	return nil
}
