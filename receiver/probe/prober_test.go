// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

const testTopic = "otelcol-kafkalag-probe"

// startFake runs a cluster in which each broker leads its partition of the topic, and is
// its first replica whoever leads it later. The fake has neither of its own.
func startFake(t *testing.T, brokers int32) *kafkatest.Fake {
	t.Helper()
	kafka := kafkatest.StartFake(t, int(brokers))
	createTopic(t, kafka, brokers)
	kafka.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		for _, topic := range answer.(*kmsg.MetadataResponse).Topics {
			for i := range topic.Partitions {
				topic.Partitions[i].Replicas = []int32{topic.Partitions[i].Partition}
			}
		}
	})
	return kafka
}

func createTopic(t *testing.T, kafka *kafkatest.Fake, brokers int32) {
	t.Helper()
	kafka.CreateTopic(t, testTopic, brokers, 1, nil)
	for broker := range brokers {
		kafka.MoveLeader(t, testTopic, broker, broker)
	}
}

func (r *running) awaitAvailable(t *testing.T, want map[string]int64) {
	t.Helper()
	await(t, "availability", func() bool { return assert.ObjectsAreEqual(want, r.available(t)) })
}

func TestWritesAndReadsEveryBroker(t *testing.T) {
	kafka := startFake(t, 3)
	r := run(t, kafka.Brokers(), func(c *Config) { c.Commit, c.SLA, c.LossTimeout = true, patience, patience })
	r.awaitReceived(t, 3, 0, 1, 2)
	r.awaitAvailable(t, map[string]int64{"broker=0": 1, "broker=1": 1, "broker=2": 1})
	await(t, "a commit", func() bool { return histograms(r.metrics(t))["kafka.probe.commit.duration"] > 0 })
	got := r.points(t)["kafka.probe.messages"]
	assert.Len(t, got, 3*len(outcomes))
	for attributes, n := range got {
		assert.Equal(t, n > 0, len(attributes) == len("broker=0 outcome=received"), "%s %d", attributes, n)
	}
}

// A broker that hangs is unavailable while it does, and delays no other.
func TestABrokerThatHangs(t *testing.T) {
	kafka := startFake(t, 2)
	r := run(t, kafka.Brokers(), func(c *Config) { c.SLA = 500 * time.Millisecond })
	r.awaitReceived(t, 1, 0, 1)
	release := kafka.Hang(kmsg.Produce, 1)
	r.awaitAvailable(t, map[string]int64{"broker=0": 1, "broker=1": 0})
	r.awaitReceived(t, 5, 0)
	assert.EqualValues(t, 1, r.points(t)["kafka.probe.in_flight"]["broker=1"], "one record at a time")
	release()
	kafka.Honest()
	r.awaitAvailable(t, map[string]int64{"broker=0": 1, "broker=1": 1})
	assert.Zero(t, r.messages(t, 1, "lost"))
	assert.NotZero(t, r.messages(t, 1, "late"))
}

// What brokers answer instead of an acknowledgement fails at that broker alone, and at
// once: the next record has another try.
func TestProduceThatFails(t *testing.T) {
	kafka := startFake(t, 2)
	for name, tt := range map[string]struct {
		code *kerr.Error
		line map[string]any
	}{
		"too few replicas": {kerr.NotEnoughReplicas, map[string]any{
			"error_code": "NOT_ENOUGH_REPLICAS", "likely_cause": "fewer replicas are in sync than min.insync.replicas of the topic",
		}},
		"too few replicas, and in the log": {kerr.NotEnoughReplicasAfterAppend, map[string]any{
			"error_code": "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "likely_cause": "fewer replicas are in sync than min.insync.replicas of the topic",
		}},
		"no right": {kerr.TopicAuthorizationFailed, map[string]any{
			"error_code": "TOPIC_AUTHORIZATION_FAILED", "likely_cause": "an ACL is missing: Write and Read on the topic",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, kafka.Brokers(), func(c *Config) {
				c.RequestTimeout, c.SLA, c.LossTimeout = time.Hour, patience, patience
			})
			r.awaitReceived(t, 1, 0, 1)
			fault := kafka.Fail(kmsg.Produce, 1, tt.code, -1)
			defer fault.Remove()
			await(t, "failed", func() bool { return r.messages(t, 1, "failed") > 2 })
			await(t, "a line", func() bool { return len(r.lines("does not serve")) == 1 })
			line := r.lines("does not serve")[0]
			assert.EqualValues(t, 1, line["broker"])
			for field, value := range tt.line {
				assert.Equal(t, value, line[field])
			}
			assert.Zero(t, r.messages(t, 0, "failed"))
		})
	}
}

// Records that cannot be read back are lost after a while, and no longer than that.
func TestLostRecords(t *testing.T) {
	kafka := startFake(t, 2)
	r := run(t, kafka.Brokers(), func(c *Config) { c.SLA, c.LossTimeout = 500*time.Millisecond, time.Second })
	r.awaitReceived(t, 1, 0, 1)
	fault := kafka.Fail(kmsg.Fetch, 1, kerr.UnknownServerError, -1)
	await(t, "lost", func() bool { return r.messages(t, 1, "lost") > 2 })
	assert.LessOrEqual(t, r.points(t)["kafka.probe.in_flight"]["broker=1"], int64(25), "no more than fit into loss_timeout, and a slow machine")
	r.awaitAvailable(t, map[string]int64{"broker=0": 1, "broker=1": 0})
	fault.Remove()
	r.awaitReceived(t, 1, 1)
	assert.Zero(t, r.messages(t, 0, "lost"))
}

// While a leader moves, records wait for the new one. The broker that lost it is not
// judged by what the other one does.
func TestALeaderThatMoves(t *testing.T) {
	kafka := startFake(t, 3)
	r := run(t, kafka.Brokers(), func(c *Config) { c.LossTimeout = patience })
	r.awaitReceived(t, 1, 0, 1, 2)
	kafka.MoveLeader(t, testTopic, 1, 2)
	r.awaitAvailable(t, map[string]int64{"broker=0": 1, "broker=2": 1})
	r.awaitReceived(t, 3, 1)
	assert.Zero(t, r.messages(t, 1, "lost")+r.messages(t, 1, "failed"))
	await(t, "the command", func() bool { return len(r.lines("others lead their partitions")) == 1 })
	assert.Contains(t, r.lines("others lead their partitions")[0]["remedy"], "--topic otelcol-kafkalag-probe --partition 1")
	kafka.MoveLeader(t, testTopic, 1, 1)
	r.awaitAvailable(t, map[string]int64{"broker=0": 1, "broker=1": 1, "broker=2": 1})
}

// Only what this process has written counts: not what another one writes to the same
// topic, nor anybody else.
func TestForeignRecords(t *testing.T) {
	kafka := startFake(t, 1)
	first, second := run(t, kafka.Brokers(), nil), run(t, kafka.Brokers(), nil)
	first.awaitReceived(t, 1, 0)
	second.awaitReceived(t, 1, 0)
	for _, value := range []string{"", "{", "hello", string(message{first.idOf(0), 5, 1, 0}.encode()), string(message{"p", 0, 1, 0}.encode())} {
		kafka.ProduceRecords(t, &kgo.Record{Topic: testTopic, Value: []byte(value)})
	}
	first.awaitReceived(t, 3, 0)
	second.awaitReceived(t, 3, 0)
	for _, r := range []*running{first, second} {
		l := r.prober.lanes[0]
		l.mu.Lock()
		assert.LessOrEqual(t, l.ledger.messages[outcomes[3]], l.ledger.last, "no more than were written")
		l.mu.Unlock()
		assert.Zero(t, r.messages(t, 0, "lost"))
	}
}

// Answers that are none do no more harm than no answer.
func TestHostileAnswers(t *testing.T) {
	for name, answer := range map[string]func(*kafkatest.Fake){
		"no offset": func(kafka *kafkatest.Fake) {
			kafka.Rewrite(kmsg.Produce, func(_ int32, answer kmsg.Response) {
				answer.(*kmsg.ProduceResponse).Topics[0].Partitions[0].BaseOffset = -1
			})
		},
		"another partition": func(kafka *kafkatest.Fake) {
			kafka.Rewrite(kmsg.Produce, func(_ int32, answer kmsg.Response) {
				answer.(*kmsg.ProduceResponse).Topics[0].Partitions[0].Partition = 7
			})
		},
		"no acknowledgement": func(kafka *kafkatest.Fake) { kafka.AnswerBytes(kmsg.Produce, []byte{1, 2, 3}) },
	} {
		t.Run("produce: "+name, func(t *testing.T) {
			kafka := startFake(t, 1)
			r := run(t, kafka.Brokers(), func(c *Config) { c.RequestTimeout = 300 * time.Millisecond })
			r.awaitReceived(t, 1, 0)
			answer(kafka)
			await(t, "failed", func() bool { return r.messages(t, 0, "failed") > 1 })
		})
	}
	for name, answer := range map[string]func(*kafkatest.Fake){
		"no records":      func(kafka *kafkatest.Fake) { kafka.AnswerBytes(kmsg.Fetch, []byte{1, 2, 3}) },
		"an empty answer": func(kafka *kafkatest.Fake) { kafka.AnswerBytes(kmsg.Fetch, make([]byte, 14)) },
		"damaged records": func(kafka *kafkatest.Fake) {
			kafka.Rewrite(kmsg.Fetch, func(_ int32, answer kmsg.Response) {
				for i := range answer.(*kmsg.FetchResponse).Topics {
					records := answer.(*kmsg.FetchResponse).Topics[i].Partitions[0].RecordBatches
					for at := range records {
						records[at] ^= 0x55
					}
				}
			})
		},
	} {
		t.Run("fetch: "+name, func(t *testing.T) {
			kafka := startFake(t, 1)
			r := run(t, kafka.Brokers(), func(c *Config) { c.LossTimeout = time.Second })
			r.awaitReceived(t, 1, 0)
			answer(kafka)
			before := kafka.Requests()["Fetch"]
			began := time.Now()
			await(t, "lost", func() bool { return r.messages(t, 0, "lost") > 1 })
			most := int(time.Since(began)/readPause) + 10
			assert.LessOrEqual(t, kafka.Requests()["Fetch"]-before, most, "a broker that answers at once is not asked without end")
		})
	}
}

// However rare records are, one that cannot be read at first is read soon.
func TestRareRecords(t *testing.T) {
	kafka := startFake(t, 1)
	kafka.AnswerBytes(kmsg.Fetch, []byte{1, 2, 3})
	r := run(t, kafka.Brokers(), func(c *Config) {
		c.ProbeInterval, c.SLA, c.LossTimeout = time.Hour, patience, patience
	})
	await(t, "a failed Fetch", func() bool { return kafka.Requests()["Fetch"] > 0 })
	kafka.Honest()
	await(t, "the record", func() bool { return r.messages(t, 0, "received") == 1 })
}

// A leader that holds a Fetch back for as long as it may still answers in time.
func TestFetchIsAnsweredInTime(t *testing.T) {
	for timeout, wait := range map[time.Duration]time.Duration{time.Minute: maxWait, time.Second: maxWait, 300 * time.Millisecond: 150 * time.Millisecond} {
		cfg := createDefaultConfig().(*Config)
		cfg.RequestTimeout = timeout
		assert.Equal(t, wait, newProber(cfg, nil, nil, zap.NewNop()).newLane(0, target{}).wait, timeout)
	}
}

// A coordinator that has moved is found again. One that refuses is logged.
func TestCommits(t *testing.T) {
	kafka := startFake(t, 2)
	r := run(t, kafka.Brokers(), func(c *Config) { c.Commit, c.CommitGroup = true, "measured" })
	commits := func() uint64 { return histograms(r.metrics(t))["kafka.probe.commit.duration"] }
	await(t, "commits", func() bool { return commits() > 1 })
	kafka.MoveCoordinator(t, "measured")
	before := commits()
	await(t, "commits at another broker", func() bool { return commits() > before+1 })
	assert.Contains(t, kafka.Groups(t), "measured")

	fault := kafka.Fail(kmsg.OffsetCommit, kafkatest.AnyBroker, kerr.GroupAuthorizationFailed, -1)
	await(t, "a line", func() bool { return len(r.lines("does not take commits")) == 1 })
	assert.Equal(t, "an ACL is missing: Read on the group", r.lines("does not take commits")[0]["likely_cause"])
	fault.Remove()
	before = commits()
	await(t, "commits again", func() bool { return commits() > before })
}

// The time of a commit is that of the coordinator that took it: not of tries that failed,
// nor of looking for the next one.
func TestCommitIsTimedWhereItSucceeds(t *testing.T) {
	kafka := startFake(t, 1)
	const tries = 3
	kafka.Fail(kmsg.OffsetCommit, kafkatest.AnyBroker, kerr.NotCoordinator, tries)
	r := run(t, kafka.Brokers(), nil)
	r.awaitReceived(t, 1, 0)
	c := newCommitter(r.prober.cfg, r.prober.client, func() bool { return true })
	began := time.Now()
	took, err := c.commit(t.Context(), map[int32]int64{0: 1})
	require.NoError(t, err)
	assert.Positive(t, took)
	assert.GreaterOrEqual(t, time.Since(began)-took, tries*retryPause)
}

// Every partition is committed each time, so that none lags for good.
func TestCommitsEveryPartition(t *testing.T) {
	kafka := startFake(t, 3)
	var committed atomic.Int64
	kafka.Rewrite(kmsg.OffsetCommit, func(_ int32, answer kmsg.Response) {
		committed.Store(int64(len(answer.(*kmsg.OffsetCommitResponse).Topics[0].Partitions)))
	})
	r := run(t, kafka.Brokers(), func(c *Config) { c.Commit = true })
	r.awaitReceived(t, 1, 0, 1, 2)
	await(t, "a commit of all", func() bool { return committed.Load() == 3 })
}

// Another cluster that takes the place of the one before is followed, and counted anew.
func TestAnotherClusterTakesOver(t *testing.T) {
	old := kafkatest.StartFake(t, 1, kfake.ClusterID("old"))
	r := run(t, old.Brokers(), nil)
	r.awaitReceived(t, 5, 0)
	assert.Equal(t, "old", clusterOf(r.metrics(t)))
	since := r.prober.view(time.Now()).since
	old.TakeOver(t, kfake.ClusterID("new"))
	await(t, "the other cluster", func() bool { return r.prober.clusterID() == "new" })
	r.awaitReceived(t, 1, 0)
	assert.Equal(t, "new", clusterOf(r.metrics(t)))
	assert.True(t, r.prober.view(time.Now()).since.After(since))
}

// clusterOf is the id in the resource of a report.
func clusterOf(metrics pmetric.Metrics) string {
	id, _ := metrics.ResourceMetrics().At(0).Resource().Attributes().Get("kafka.cluster.id")
	return id.AsString()
}

// An offset that is out of range, as after an election that loses records, has reading
// go on where writing does.
func TestOffsetOutOfRange(t *testing.T) {
	kafka := startFake(t, 1)
	r := run(t, kafka.Brokers(), nil)
	r.awaitReceived(t, 1, 0)
	kafka.Fail(kmsg.Fetch, 0, kerr.OffsetOutOfRange, 1)
	r.awaitReceived(t, 3, 0)
}

// A topic that is deleted and created again goes on, from its first offset.
func TestTopicThatIsCreatedAgain(t *testing.T) {
	kafka := startFake(t, 2)
	r := run(t, kafka.Brokers(), nil)
	r.awaitReceived(t, 5, 0, 1)
	kafka.ResetRequests()
	kafka.DeleteTopic(t, testTopic)
	await(t, "another topic", func() bool { return kafka.Requests()["CreateTopics"] == 1 })
	r.awaitReceived(t, 1, 0, 1)
}

// statuses is a host that keeps what components report.
type statuses struct {
	mu     sync.Mutex
	events []componentstatus.Status
}

func (s *statuses) Report(event *componentstatus.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event.Status())
}

func (s *statuses) all() []componentstatus.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]componentstatus.Status(nil), s.events...)
}

func (*statuses) GetExtensions() map[component.ID]component.Component { return nil }

// A login that may not create the topic gets the command, once, and begins when there
// is one.
func TestLoginThatMayNotCreate(t *testing.T) {
	kafka := kafkatest.StartFake(t, 2)
	fault := kafka.Fail(kmsg.CreateTopics, kafkatest.AnyBroker, kerr.TopicAuthorizationFailed, -1)
	host := &statuses{}
	r := runOn(t, host, kafka.Brokers(), nil)
	await(t, "a line", func() bool { return len(r.lines("There is no topic")) == 1 })
	await(t, "two tries", func() bool { return kafka.Requests()["CreateTopics"] >= 2 })
	lines := r.lines("There is no topic")
	require.Len(t, lines, 1)
	assert.Equal(t, "TOPIC_AUTHORIZATION_FAILED", lines[0]["error_code"])
	assert.Equal(t, createCommand(r.prober.cfg, topology([]int32{0, 1}).Brokers), lines[0]["remedy"])
	assert.Equal(t, []componentstatus.Status{componentstatus.StatusRecoverableError}, host.all())
	assert.Empty(t, r.points(t))

	fault.Remove()
	await(t, "records", func() bool { return len(r.points(t)["kafka.probe.messages"]) > 0 })
	assert.Equal(t, []componentstatus.Status{componentstatus.StatusRecoverableError, componentstatus.StatusOK}, host.all())
}

// A topic that is there but may not be described is not created each second. The log
// has the right that is missing.
func TestLoginThatMayNotDescribe(t *testing.T) {
	kafka := startFake(t, 1)
	kafka.ResetRequests()
	fault := kafka.Fail(kmsg.Metadata, kafkatest.AnyBroker, kerr.TopicAuthorizationFailed, -1)
	host := &statuses{}
	r := runOn(t, host, kafka.Brokers(), func(c *Config) { c.CollectionInterval = time.Hour })
	await(t, "a line", func() bool { return len(r.lines("may not describe it")) == 1 })
	assert.Equal(t, "an ACL is missing: Write and Read on the topic", r.lines("may not describe it")[0]["likely_cause"])
	assert.Equal(t, []componentstatus.Status{componentstatus.StatusRecoverableError}, host.all())
	assert.Equal(t, 1, kafka.Requests()["CreateTopics"])
	assert.False(t, r.prober.troubled.Load(), "asked again when that is due")
	fault.Remove()
	r.ahead.Add(int64(time.Hour))
	await(t, "the topic", func() bool { return len(r.points(t)["kafka.probe.messages"]) > 0 })
}

// A topic that brokers do not know and the controller does not create, as while it is
// being deleted, is not created each second. The log says so when that lasts.
func TestTopicThatIsBeingDeleted(t *testing.T) {
	kafka := startFake(t, 1)
	kafka.ResetRequests()
	fault := kafka.Fail(kmsg.Metadata, kafkatest.AnyBroker, kerr.UnknownTopicOrPartition, -1)
	host := &statuses{}
	r := runOn(t, host, kafka.Brokers(), func(c *Config) { c.CollectionInterval = time.Hour })
	await(t, "a line", func() bool { return len(r.lines("the brokers do not know it")) == 1 })
	assert.Equal(t, []componentstatus.Status{componentstatus.StatusRecoverableError}, host.all())
	assert.Equal(t, patientTries, kafka.Requests()["CreateTopics"], "not while another one may have created it a moment ago")
	assert.False(t, r.prober.troubled.Load(), "asked again when that is due")
	fault.Remove()
	r.ahead.Add(int64(time.Hour))
	await(t, "the topic", func() bool { return len(r.points(t)["kafka.probe.messages"]) > 0 })
}

// A controller that has moved creates the topic soon after.
func TestCreatesTheTopicAtAnotherController(t *testing.T) {
	kafka := kafkatest.StartFake(t, 1)
	kafka.Fail(kmsg.CreateTopics, kafkatest.AnyBroker, kerr.NotController, 1)
	r := run(t, kafka.Brokers(), func(c *Config) { c.CollectionInterval = time.Hour })
	await(t, "records", func() bool { return len(r.points(t)["kafka.probe.messages"]) > 0 })
}

// The topic is created where there is none. The fake chooses the leaders.
func TestCreatesTheTopic(t *testing.T) {
	kafka := kafkatest.StartFake(t, 3)
	r := run(t, kafka.Brokers(), nil)
	await(t, "records", func() bool { return len(r.points(t)["kafka.probe.messages"]) > 0 })
	assert.Equal(t, 1, kafka.Requests()["CreateTopics"])
	assert.Empty(t, r.lines("There is no topic"))
}

// Nothing waits for Kafka at the end.
func TestShutdownWhileBrokersHang(t *testing.T) {
	kafka := startFake(t, 2)
	r := run(t, kafka.Brokers(), func(c *Config) { c.RequestTimeout, c.Commit = time.Hour, true })
	r.awaitReceived(t, 1, 0, 1)
	for _, api := range []kmsg.Key{kmsg.Produce, kmsg.Fetch, kmsg.Metadata, kmsg.OffsetCommit} {
		defer kafka.Hang(api, kafkatest.AnyBroker)()
	}
	await(t, "brokers that hang", func() bool {
		return r.points(t)["kafka.probe.in_flight"]["broker=1"] == 1 && r.available(t)["broker=1"] == 0
	})
	began := time.Now()
	require.NoError(t, r.shutdown(t.Context()))
	assert.Less(t, time.Since(began), patience/2)
}

// A cluster that is away at first is waited for.
func TestWaitsForKafka(t *testing.T) {
	kafka := startFake(t, 1)
	proxy := kafkatest.StartProxy(t, kafka.Brokers()[0])
	proxy.Refuse()
	r := run(t, []string{proxy.Addr()}, nil)
	await(t, "a line", func() bool { return len(r.lines("does not learn where to write")) == 1 })
	assert.Empty(t, r.points(t))
	proxy.Restore()
	r.awaitReceived(t, 1, 0)
}

// Attempts to log in may lock an account: after one that was refused there is a pause.
func TestRefusedLoginsAreRare(t *testing.T) {
	kafka := kafkatest.StartFake(t, 1, kfake.EnableSASL(), kfake.Superuser("PLAIN", "u", "p"))
	kafka.Fail(kmsg.SASLAuthenticate, kafkatest.AnyBroker, kerr.SaslAuthenticationFailed, -1)
	r := run(t, kafka.Brokers(), func(c *Config) {
		c.Auth.SASL = &sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "wrong"}
	})
	await(t, "a line", func() bool { return len(r.lines("does not learn where to write")) == 1 })
	assert.Equal(t, "SASL_AUTHENTICATION_FAILED", r.lines("does not learn where to write")[0]["error_code"])
	dials := kafka.Dials(0)
	time.Sleep(30 * r.prober.cfg.ProbeInterval)
	assert.Equal(t, dials, kafka.Dials(0))
}

// runWithLogin runs a probe that logs in, of two brokers. The second one refuses that
// until the fault is removed.
func runWithLogin(t *testing.T) (*kafkatest.Fake, *running, *kfake.FaultHandle) {
	t.Helper()
	kafka := kafkatest.StartFake(t, 2, kfake.EnableSASL(), kfake.Superuser("PLAIN", "u", "p"), kfake.SeedTopics(2, testTopic))
	for broker := range int32(2) {
		kafka.MoveLeader(t, testTopic, broker, broker)
	}
	refusal := kafka.Fail(kmsg.SASLAuthenticate, 1, kerr.SaslAuthenticationFailed, -1)
	r := run(t, kafka.Brokers()[:1], func(c *Config) {
		c.Auth.SASL = &sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "p"}
		c.LossTimeout = mostPending * c.ProbeInterval // whatever the clock
	})
	await(t, "a refused login", func() bool { return r.messages(t, 1, "failed") > 2 })
	return kafka, r, refusal
}

// A login that works again is found to, after the pause.
func TestRefusedLoginThatWorksAgain(t *testing.T) {
	kafka, r, refusal := runWithLogin(t)
	dials := kafka.Dials(1)
	failed := r.messages(t, 1, "failed")
	await(t, "more records", func() bool { return r.messages(t, 1, "failed") > failed+2 })
	assert.Equal(t, dials, kafka.Dials(1), "not tried again at once")
	refusal.Remove()
	await(t, "records", func() bool {
		r.ahead.Add(int64(time.Second)) // no faster than records fail meanwhile
		return r.messages(t, 1, "received") > 0
	})
}

// A broker that refuses the login is left alone by itself: another one that fails
// meanwhile is asked again.
func TestRefusedLoginOfOneBroker(t *testing.T) {
	kafka, r, _ := runWithLogin(t)
	r.awaitReceived(t, 1, 0)
	dials := kafka.Dials(1)
	kafka.AnswerBytes(kmsg.Produce, []byte{1, 2, 3})
	await(t, "failed", func() bool { return r.messages(t, 0, "failed") > 1 })
	kafka.Honest()
	r.awaitReceived(t, 1, 0)
	assert.Equal(t, dials, kafka.Dials(1))
}
