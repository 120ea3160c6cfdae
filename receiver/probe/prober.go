// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// refusalPause is for how long a broker is left alone that has refused the login:
// attempts may lock an account.
const refusalPause = 30 * time.Second

// intervalsToReplace is for how many collection intervals another cluster alone has to
// answer before it is written to.
const intervalsToReplace = 3

// prober follows the cluster, and runs a lane for each broker.
type prober struct {
	cfg    *Config
	client *echo.Client
	member member // nil: there is one collector
	log    *zap.Logger
	state  *stateLog
	health healthStatus
	now    func() time.Time

	probes   bool        // as the one of several
	yielded  func()      // called when it stops probing
	learned  time.Time   // when the topology was last asked for
	troubled atomic.Bool // since then
	unknown  int         // times that the topic existed, and the brokers did not know it, since they last did

	mu      sync.Mutex
	cluster string
	since   time.Time       // when counting began
	lanes   map[int32]*lane // by broker
	members map[int32]bool
	ledgers map[int32]*ledger // of brokers that had a lane, maxKept at most
	commits *committer        // nil: nothing is committed

	done  context.Context //nolint:containedctx // ends with stop
	stop  context.CancelFunc
	ended sync.WaitGroup
}

// newProber returns a prober that asks client. If m is not nil it says who probes.
func newProber(cfg *Config, client *echo.Client, m member, log *zap.Logger) *prober {
	p := &prober{cfg: cfg, client: client, member: m, log: log, state: newStateLog(log), now: time.Now, yielded: func() {}}
	p.done, p.stop = context.WithCancel(context.Background())
	if cfg.Commit {
		p.commits = newCommitter(cfg, client, p.isMine)
	}
	p.forget()
	return p
}

// forget drops what was counted, and the brokers.
func (p *prober) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since = p.now()
	p.lanes, p.members, p.ledgers = map[int32]*lane{}, map[int32]bool{}, map[int32]*ledger{}
	if p.commits != nil {
		p.commits.forget()
	}
}

// start does not dial: a cluster that is away is reported, and waited for.
func (p *prober) start(host component.Host) error {
	if err := p.client.Start(host); err != nil {
		return err
	}
	p.health.host = host
	if p.member != nil {
		if err := p.member.Start(host); err != nil {
			return err
		}
	}
	p.ended.Go(func() { p.run(p.done) })
	if p.commits != nil {
		p.ended.Go(func() { p.commits.run(p.done, p.nextOffsets) })
	}
	return nil
}

// shutdown does not wait for Kafka. Another collector takes over when this one has ended.
func (p *prober) shutdown() {
	p.stop()
	p.client.Close()
	p.ended.Wait()
	if p.member != nil {
		p.member.Shutdown()
	}
}

// run begins a round in each probe interval, or sooner where that is long.
func (p *prober) run(ctx context.Context) {
	tick := time.NewTicker(min(p.cfg.ProbeInterval, longestPause))
	defer tick.Stop()
	for {
		if mine, err := p.part(); mine {
			p.begin()
			p.round(ctx)
		} else {
			p.yield(ctx, err)
		}
		select {
		case <-ctx.Done():
			p.replaceLanes(ctx, nil)
			return
		case <-tick.C:
		}
	}
}

// round lets brokers that failed be asked again, and asks for the topology when that is
// due.
func (p *prober) round(ctx context.Context) {
	now := p.now()
	p.client.NextRound(now, refusalPause)
	if p.due(now) {
		p.follow(ctx)
	}
	p.reportBrokers(p.now())
	p.reportCommits(p.now())
}

// due reports whether to ask for the topology: when it is old, or soon after an error.
func (p *prober) due(now time.Time) bool {
	age := now.Sub(p.learned)
	if p.troubled.Load() && age >= time.Second {
		return true
	}
	serves := p.cfg.Metadata.RefreshInterval
	if serves == 0 {
		serves = p.cfg.CollectionInterval
	}
	return age >= serves
}

// noteFailure notes that a lane has failed.
func (p *prober) noteFailure() { p.troubled.Store(true) }

// follow asks for the topology, creates the topic where there is none, and has a lane
// for each broker.
func (p *prober) follow(ctx context.Context) {
	p.learned = p.now()
	t, err := p.client.Learn(ctx, p.learned, intervalsToReplace*p.cfg.CollectionInterval)
	if err == nil {
		p.followCluster(ctx, t.ClusterID)
		err = t.Err
	}
	p.troubled.Store(false)
	if err != nil { // what a moment may change is asked for again soon
		p.noteFailure()
	}
	switch {
	case ctx.Err() != nil:
	case echo.IsMissing(err):
		p.create(ctx, t)
	case err != nil:
		p.health.report(err)
		p.state.report(p.now(), "topic", kafkaerr.Code(err), zapcore.WarnLevel, "The probe does not learn where to write", errorFields(err)...)
	default:
		p.unknown = 0
		p.health.report(nil)
		p.state.report(p.now(), "topic", good, zapcore.InfoLevel, "The probe knows its topic")
		targets := targetsOf(t)
		p.replaceLanes(ctx, targets)
		p.reportTargets(p.now(), t, targets)
	}
}

// followCluster drops what was counted of another cluster.
func (p *prober) followCluster(ctx context.Context, id string) {
	if id == p.clusterID() {
		return
	}
	p.replaceLanes(ctx, nil)
	p.forget()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cluster = id
}

func (p *prober) clusterID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cluster
}

// replaceLanes ends the lanes that are not wanted any more and runs those that are new.
func (p *prober) replaceLanes(ctx context.Context, targets map[int32]target) {
	lanes := p.currentLanes()
	for broker, l := range lanes {
		if to, wanted := targets[broker]; !wanted || to.partition != l.partition {
			l.close()
			delete(lanes, broker)
			p.setLane(broker, nil)
		}
	}
	for broker, to := range targets {
		l := lanes[broker]
		if l == nil {
			l = p.newLane(broker, to)
			l.start(ctx)
			p.setLane(broker, l)
		}
		l.leader.Store(to.leader)
		p.setMember(broker, to.member)
	}
}

func (p *prober) newLane(broker int32, to target) *lane {
	l := &lane{
		client: p.client, interval: p.cfg.ProbeInterval, wait: min(maxWait, p.cfg.RequestTimeout/2), id: newLaneID(),
		broker: broker, partition: to.partition, may: p.isMine, failed: p.noteFailure, ledger: p.ledgerOf(broker),
		offset: unread, begin: make(chan int64, 1),
	}
	l.leader.Store(to.leader)
	return l
}

// ledgerOf returns the ledger that counts for a broker since the start.
func (p *prober) ledgerOf(broker int32) *ledger {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.ledgers[broker]
	if l == nil {
		if len(p.ledgers) >= maxKept {
			maps.DeleteFunc(p.ledgers, func(broker int32, _ *ledger) bool { return p.lanes[broker] == nil })
		}
		l = newLedger(p.cfg.SLA, p.cfg.LossTimeout)
		p.ledgers[broker] = l
	}
	return l
}

func (p *prober) currentLanes() map[int32]*lane {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.lanes)
}

func (p *prober) setLane(broker int32, l *lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l == nil {
		delete(p.lanes, broker)
		delete(p.members, broker)
		return
	}
	p.lanes[broker] = l
}

func (p *prober) setMember(broker int32, member bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.members[broker] = member
}
