// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// patientTries is how often the topic may exist and not be known before the log says so,
// and it is asked for no sooner than otherwise.
const patientTries = 3

// create creates the topic, or says how to. What a moment does not change is tried again
// when the topology is asked for anyway.
func (p *prober) create(ctx context.Context, t echo.Topology) {
	err := p.client.Create(ctx, t, assignmentFor(t.Brokers, p.cfg.ReplicationFactor), topicSettings())
	switch {
	case err == nil || ctx.Err() != nil:
	case echo.IsExisting(err) && echo.IsHidden(t.Err):
		p.reportHidden(t.Err)
	case echo.IsExisting(err):
		p.reportUnknown(t.Err)
	default:
		p.reportMissing(t, err)
	}
}

// reportHidden says that the topic is there, but not for this login.
func (p *prober) reportHidden(err error) {
	p.troubled.Store(false)
	p.health.report(err)
	p.state.report(p.now(), "topic", "hidden", zapcore.WarnLevel, "The topic exists, but this login may not describe it",
		append(errorFields(err), zap.String("topic", p.cfg.Topic))...)
}

// reportUnknown says that the topic exists, and that the brokers do not know it: for a
// moment, where another probe has created it, or for long, while it is being deleted.
func (p *prober) reportUnknown(err error) {
	p.unknown++
	if p.unknown < patientTries {
		return
	}
	p.troubled.Store(false)
	p.health.report(err)
	p.state.report(p.now(), "topic", "unknown", zapcore.WarnLevel, "The topic exists, but the brokers do not know it: it is probably being deleted",
		append(errorFields(err), zap.String("topic", p.cfg.Topic))...)
}

// reportMissing says how to create the topic.
func (p *prober) reportMissing(t echo.Topology, err error) {
	p.troubled.Store(kafkaerr.IsRetriable(err, true))
	p.health.report(err)
	p.state.report(p.now(), "topic", "create", zapcore.WarnLevel, "There is no topic for the probe, or this login may not describe it, and it could not create one",
		zap.String("topic", p.cfg.Topic), zap.String("remedy", createCommand(p.cfg, t.Brokers)),
		zap.String("error_code", kafkaerr.Code(err)), zap.String("error", kafkaerr.Clip(err.Error())))
}
