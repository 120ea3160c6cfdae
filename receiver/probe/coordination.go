// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
)

// member is this collector as one of several.
type member interface {
	Start(component.Host) error
	Shutdown()
	// Part returns what is this collector's now, nil where that is nothing. The error
	// says why, where somebody should look.
	Part() (*coordination.Part, error)
	// Remaining returns for how long there will be a part if nobody answers any more.
	Remaining() time.Duration
}

// newMember returns nil where there is one collector.
func newMember(cfg *Config, log *zap.Logger) (member, error) {
	m, err := sharing.New(cfg.Coordination, cfg.Config, coordination.Probe, sharedSettings(cfg), log, nil)
	if m == nil {
		return nil, err
	}
	return m, nil
}

// sharedSettings returns what decides which series there are, and what they say. Two
// collectors that differ in it wait for each other.
func sharedSettings(cfg *Config) coordination.Settings {
	defaults := createDefaultConfig().(*Config)
	commits := ""
	if cfg.Commit {
		commits = cfg.CommitGroup
	}
	return coordination.Settings{
		"cluster_alias":       cfg.ClusterAlias,
		"topic":               cfg.Topic,
		"sla":                 cfg.SLA.String(),
		"loss_timeout":        cfg.LossTimeout.String(),
		"commit_group":        commits,
		"metrics":             sharing.Switched(cfg.Metrics, defaults.Metrics),
		"resource_attributes": sharing.Switched(cfg.ResourceAttributes, defaults.ResourceAttributes),
	}
}

// part reports whether this collector is the one that probes the cluster now. The error
// says why not, where somebody should look.
func (p *prober) part() (mine bool, err error) {
	if p.member == nil {
		return true, nil
	}
	part, err := p.member.Part()
	return part != nil && part.OwnsCluster(), err
}

// isMine reports whether this collector is the one that probes the cluster now. It may
// cease to be at any time.
func (p *prober) isMine() bool {
	mine, _ := p.part()
	return mine
}

// remaining returns for how long this collector probes if nobody answers any more.
func (p *prober) remaining() time.Duration {
	if !p.isMine() {
		return 0
	}
	return p.member.Remaining()
}

// begin counts from now on, where this collector has not probed until now.
func (p *prober) begin() {
	if p.probes || p.member == nil {
		return
	}
	p.probes = true
	p.forget()
	p.log.Info("This collector probes the cluster")
}

// yield leaves the cluster to another collector. err is why, where somebody should look.
func (p *prober) yield(ctx context.Context, err error) {
	p.health.report(err)
	if !p.probes {
		return
	}
	p.probes = false
	p.ended.Go(p.yielded) // which may wait for exporters
	p.replaceLanes(ctx, nil)
	p.forget()
	p.unknown = 0
	p.learned = time.Time{} // to ask at once when it comes back
	p.state.forget()        // and to say then what is wrong
	p.log.Info("This collector does not probe the cluster any more")
}
