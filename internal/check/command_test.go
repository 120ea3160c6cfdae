// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// seeded is a cluster of three brokers with a topic and two groups.
func seeded(t *testing.T) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 3)
	fake.CreateTopic(t, "orders", 3, 1, nil)
	fake.ProduceEach(t, "orders", 10, 20, 30)
	fake.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 6, 1: 20}})
	fake.Commit(t, "shipping", map[string]map[int32]int64{"orders": {2: 5}})
	return fake
}

// config writes a configuration with the brokers in the environment, and further keys of
// the receiver, a line each.
func config(t *testing.T, brokers []string, keys ...string) string {
	t.Helper()
	t.Setenv("KAFKA_BROKERS", strings.Join(brokers, ","))
	return file(t, "receivers:\n  kafkalag:\n    brokers: ['${env:KAFKA_BROKERS}']\n    "+
		strings.Join(keys, "\n    ")+"\n  hostmetrics: {}\n")
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// run returns the exit code and all that was written.
func run(t *testing.T, args ...string) (code int, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	code = Run(ctx, args, &out, &out)
	require.NoError(t, ctx.Err())
	return code, out.String()
}

// report runs with -o json.
func report(t *testing.T, args ...string) (int, Report) {
	t.Helper()
	code, text := run(t, append(args, "-o", "json")...)
	var found Report
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&found), text)
	assert.Equal(t, code == Well, found.OK)
	return code, found
}

func TestAllIsWell(t *testing.T) {
	fake := seeded(t)
	name := config(t, fake.Brokers())
	code, text := run(t, name)
	assert.Equal(t, Well, code, text)
	for _, line := range []string{
		"kafkalag: all is well",
		"  login     none, no TLS",
		"0  " + fake.Brokers()[0] + "  answered",
		"present      Describe on topics          topics, partitions and lag",
		"  topics    1 seen, 0 filtered: orders",
		"  groups    2 seen, 0 filtered: billing, shipping",
	} {
		assert.Contains(t, text, line)
	}
	assert.NotContains(t, text, "problems")
	assert.NotContains(t, text, "kafka-acls.sh")
	assert.Less(t, strings.Count(text, "\n"), 25, "it fits a screen")

	code, found := report(t, name)
	assert.Equal(t, Well, code)
	require.Len(t, found.Receivers, 1)
	r := found.Receivers[0]
	assert.Len(t, r.Brokers, 3)
	assert.Equal(t, Names{Seen: 2, First: []string{"billing", "shipping"}}, r.Groups)
	assert.Positive(t, r.Series.Now)
	assert.Greater(t, r.Series.Total, r.Series.Now, "time lag comes later")
	assert.Positive(t, r.ScrapeSeconds)
}

func TestProblems(t *testing.T) {
	for name, tt := range map[string]struct {
		keys    []string
		arrange func(*kafkatest.Fake)
		problem string
		command string // what it ends with
	}{
		"no topic passes": {
			keys:    []string{"topic_match: ^absent$"},
			problem: `no topic passes the filters "topic_match" "^absent$": 1 topic left out`,
		},
		"no group passes": {
			keys:    []string{"group_exclude: ing$"},
			problem: `no group passes the filters "group_match" ".*" and "group_exclude" "ing$": 2 groups left out`,
		},
		"no group in a state": {
			keys:    []string{"group_states: [Dead]"},
			problem: `the brokers list no group that "group_states" and "group_types" allow`,
		},
		"no topics": {
			arrange: func(f *kafkatest.Fake) {
				f.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) { answer.(*kmsg.MetadataResponse).Topics = nil })
			},
			problem: "the brokers name no topics: there are none, or this login may describe none",
			command: "--operation Describe --topic '*'",
		},
		"a group is denied": {
			arrange: func(f *kafkatest.Fake) {
				f.Fail(kmsg.OffsetFetch, kafkatest.AnyBroker, kerr.GroupAuthorizationFailed, -1)
			},
			problem: "an ACL is missing: Describe on the group (OffsetFetch, GROUP_AUTHORIZATION_FAILED), 2 groups missing",
			command: "--operation Describe --group '*'",
		},
		"settings of topics are denied by default": {
			arrange: denyConfigs,
			problem: "an ACL is missing: DescribeConfigs on topics, for kafka.consumer_group.retention_margin",
			command: "--operation DescribeConfigs --topic '*'",
		},
		"settings of topics are denied": {
			keys:    []string{"metrics: {kafka.topic.min_insync_replicas: {enabled: true}}"},
			arrange: denyConfigs,
			problem: "an ACL is missing: DescribeConfigs on the topic (DescribeConfigs, TOPIC_AUTHORIZATION_FAILED)",
			command: "--operation DescribeConfigs --topic '*'",
		},
		"log directories are denied": {
			keys: []string{"metrics: {kafka.partition.size: {enabled: true}}"},
			arrange: func(f *kafkatest.Fake) {
				f.Rewrite(kmsg.DescribeLogDirs, func(_ int32, answer kmsg.Response) {
					answer.(*kmsg.DescribeLogDirsResponse).ErrorCode = kerr.ClusterAuthorizationFailed.Code
				})
			},
			problem: "an ACL is missing: Describe on the cluster (DescribeLogDirs, CLUSTER_AUTHORIZATION_FAILED)",
			command: "--operation Describe --cluster",
		},
		"a broker is away": {
			arrange: func(f *kafkatest.Fake) { _ = f.Kfake.RemoveNode(1) },
			problem: "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t)
			if tt.arrange != nil {
				tt.arrange(fake)
			}
			code, found := report(t, config(t, fake.Brokers(), tt.keys...))
			require.Len(t, found.Receivers, 1, found.Errors)
			r := found.Receivers[0]
			if tt.problem == "" {
				assert.Equal(t, Well, code, r.Problems)
				return
			}
			assert.Equal(t, Missing, code)
			assert.Contains(t, strings.ReplaceAll(strings.Join(r.Problems, "\n"), strings.Join(fake.Brokers(), ", ")+": ", ""), tt.problem)
			if tt.command == "" {
				assert.Empty(t, r.ACLCommands)
				return
			}
			require.Len(t, r.ACLCommands, 1)
			assert.Equal(t, "kafka-acls.sh --bootstrap-server "+fake.Brokers()[0]+
				" --command-config admin.properties --add --allow-principal User:ANONYMOUS "+tt.command, r.ACLCommands[0])
		})
	}
}

func denyConfigs(f *kafkatest.Fake) {
	f.Rewrite(kmsg.DescribeConfigs, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.DescribeConfigsResponse).Resources {
			r := &answer.(*kmsg.DescribeConfigsResponse).Resources[i]
			r.ErrorCode, r.Configs = kerr.TopicAuthorizationFailed.Code, nil
		}
	})
}

// Without Describe on the cluster nothing need be missing.
func TestClusterMayNotBeDescribed(t *testing.T) {
	fake := seeded(t)
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.MetadataResponse).AuthorizedOperations = 0
	})
	code, found := report(t, config(t, fake.Brokers()))
	assert.Equal(t, Well, code)
	r := found.Receivers[0]
	assert.Contains(t, r.Rights, Right{For: "the names of all groups", Operation: "Describe", Resource: "cluster", State: StateLimited})
	require.Len(t, r.ACLCommands, 1)
	assert.True(t, strings.HasSuffix(r.ACLCommands[0], "--operation Describe --cluster"), r.ACLCommands[0])
}

// A check that joined would take a part of the work from the collectors.
func TestCollectorsAreNotJoined(t *testing.T) {
	fake := seeded(t)
	fake.ResetRequests()
	code, found := report(t, config(t, fake.Brokers(), "coordination: {group_id: kafkalag}"))
	assert.Equal(t, Well, code, found)
	assert.Contains(t, strings.Join(found.Receivers[0].Notes, "\n"), `"coordination.group_id" "kafkalag" is not joined`)
	assert.Positive(t, fake.Requests()["Metadata"])
	assert.Zero(t, fake.Requests()["JoinGroup"])
	assert.Zero(t, fake.Requests()["FindCoordinator"])
}

func TestNobodyListens(t *testing.T) {
	code, text := run(t, config(t, []string{"127.0.0.1:1"}))
	assert.Equal(t, Missing, code)
	assert.Contains(t, text, "  cluster   not reached")
	assert.Contains(t, text, "127.0.0.1:1: nothing listens there")
	assert.NotContains(t, text, "rights")
}

// A broker that the cluster names and that does not answer has its reason beside it.
func TestABrokerDoesNotAnswer(t *testing.T) {
	fake := seeded(t)
	proxies := fake.Proxies(t)
	brokers := []string{proxies[0].Addr(), proxies[1].Addr(), proxies[2].Addr()}
	proxies[2].Hang()
	code, found := report(t, config(t, brokers, "timeout: 8s", "request_timeout: 2s"))
	assert.Equal(t, Missing, code)
	r := found.Receivers[0]
	require.Len(t, r.Brokers, 3)
	assert.True(t, r.Brokers[0].Answered)
	assert.False(t, r.Brokers[2].Answered)
	assert.Equal(t, "NO_ANSWER", r.Brokers[2].ErrorCode)
	assert.NotEmpty(t, r.Brokers[2].LikelyCause)
}

func TestWrongUseAndConfiguration(t *testing.T) {
	const sound = "receivers: {kafkalag: {brokers: ['127.0.0.1:1']}}"
	for name, tt := range map[string]struct {
		text  string
		args  []string
		error string
	}{
		"no configuration":    {"", nil, "no configuration is named"},
		"an unknown flag":     {sound, []string{"-secret"}, "flag provided but not defined: -secret"},
		"an unknown format":   {sound, []string{"-o", "yaml"}, `-o is "yaml": must be text or json`},
		"another receiver":    {sound, []string{"-receiver", "kafkalag/eu"}, `no receiver "kafkalag/eu" of the type kafkalag under "receivers"`},
		"no receiver":         {"receivers: {otlp: }", nil, `no receiver "kafkalag" under "receivers"`},
		"no receivers at all": {"exporters: {}", nil, `no receiver "kafkalag" under "receivers"`},
		"not YAML":            {"receivers: [", nil, "yaml"},
		"every mistake": {
			"receivers: {kafkalag/eu: {brokers: [a], timeout: 30, isolation_level: x}}", nil,
			`"isolation_level" has "x": must be one of read_uncommitted, read_committed`,
		},
		"an unknown key":    {"receivers: {kafkalag: {broker: [a]}}", nil, "broker"},
		"an absent file":    {"receivers: {kafkalag: {tls: {ca_file: /absent.pem}}}", nil, "/absent.pem"},
		"an extension":      {tokensFrom("oauth2client"), nil, `receivers::kafkalag: not tried: its tokens come from the extension "oauth2client"`},
		"an unknown scheme": {"receivers: {kafkalag: {client_id: '${vault:secret}'}}", nil, "vault"},
	} {
		t.Run(name, func(t *testing.T) {
			args := tt.args
			if tt.text != "" {
				args = append(args, file(t, tt.text))
			}
			code, text := run(t, args...)
			assert.Equal(t, Untried, code)
			assert.Contains(t, text, tt.error)
		})
	}
	code, text := run(t, "-help")
	assert.Equal(t, Well, code)
	assert.Contains(t, text, "Exit code: 0 all is well, 1 something is missing, 2 the command line")
}

func tokensFrom(extension string) string {
	return fmt.Sprintf("receivers: {kafkalag: {auth: {sasl: {mechanism: OAUTHBEARER, oauthbearer_token_source: %s}}}}", extension)
}

// All receivers are checked, or the one that is named; what one refuses does not keep
// the others from being tried.
func TestSeveralReceivers(t *testing.T) {
	fake := seeded(t)
	name := config(t, fake.Brokers())
	other := file(t, "receivers: {kafkalag/away: {brokers: ['127.0.0.1:1']}, kafkalag/tokens: {auth: {sasl: {mechanism: OAUTHBEARER, oauthbearer_token_source: a}}}}")
	code, found := report(t, "-config", name, "-config", other)
	assert.Equal(t, Untried, code)
	require.Len(t, found.Receivers, 2)
	assert.Equal(t, "kafkalag", found.Receivers[0].Receiver)
	assert.Empty(t, found.Receivers[0].Problems)
	assert.Equal(t, "kafkalag/away", found.Receivers[1].Receiver)
	assert.NotEmpty(t, found.Receivers[1].Problems)
	assert.Len(t, found.Errors, 1)

	code, found = report(t, name, other, "-receiver", "kafkalag/away")
	assert.Equal(t, Missing, code)
	assert.Len(t, found.Receivers, 1)
}

// A file that never ends is given up on.
func TestReadingHangs(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(name, 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	assert.Equal(t, Untried, Run(ctx, []string{name}, &out, &out))
	assert.Contains(t, out.String(), "error: ")
	end, err := os.OpenFile(name, os.O_WRONLY, 0) // what still reads ends
	require.NoError(t, err)
	require.NoError(t, end.Close())
}
