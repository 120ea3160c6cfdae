// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"strconv"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// reportTargets names the commands where brokers and partitions do not match: what an
// administrator has placed is not moved from here.
func (p *prober) reportTargets(now time.Time, t echo.Topology, targets map[int32]target) {
	p.reportRemedy(now, "partitions", addCommand(p.cfg, t, targets),
		"Brokers are not probed: they are the first replica of no partition of the topic", "Every broker has a partition of its own")
	p.reportRemedy(now, "leaders", electCommand(p.cfg, targets),
		"Brokers are not probed: others lead their partitions", "Every broker leads its partition")
}

func (p *prober) reportRemedy(now time.Time, subject, command, wrong, right string) {
	if command == good {
		p.state.report(now, subject, good, zapcore.InfoLevel, right)
		return
	}
	p.state.report(now, subject, command, zapcore.WarnLevel, wrong, zap.String("remedy", command))
}

// reportBrokers says which brokers have begun or ceased to serve.
func (p *prober) reportBrokers(now time.Time) {
	for broker, s := range p.view(now).brokers {
		switch subject := "broker " + strconv.Itoa(int(broker)); {
		case !s.known:
		case s.available:
			p.state.report(now, subject, good, zapcore.InfoLevel, "The broker serves again", zap.Int32("broker", broker))
		default:
			p.state.report(now, subject, "unavailable", zapcore.WarnLevel, "The broker does not serve: a record was not acknowledged and read back within sla",
				append(errorFields(s.err), zap.Int32("broker", broker), zap.Int32("partition", s.partition))...)
		}
	}
}

// reportCommits says when commits have begun or ceased to succeed.
func (p *prober) reportCommits(now time.Time) {
	if p.commits == nil {
		return
	}
	if _, err := p.commits.status(); err != nil {
		p.state.report(now, "commits", kafkaerr.Code(err), zapcore.WarnLevel, "The group's coordinator does not take commits",
			append(errorFields(err), zap.String("group", p.cfg.CommitGroup))...)
		return
	}
	p.state.report(now, "commits", good, zapcore.InfoLevel, "The group's coordinator takes commits again")
}

func errorFields(err error) []zap.Field {
	if err == nil {
		return nil
	}
	return []zap.Field{
		zap.String("error_code", kafkaerr.Code(err)), zap.String("likely_cause", causeOf(err)), zap.String("error", kafkaerr.Clip(err.Error())),
	}
}

// causeOf knows what the probe needs beside what scrapes do.
func causeOf(err error) string {
	switch kafkaerr.Code(err) {
	case "TOPIC_AUTHORIZATION_FAILED":
		return "an ACL is missing: Write and Read on the topic"
	case "GROUP_AUTHORIZATION_FAILED":
		return "an ACL is missing: Read on the group"
	case "NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND":
		return "fewer replicas are in sync than min.insync.replicas of the topic"
	}
	return kafkaerr.Cause(err)
}
