// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sharing

import (
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination/member"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/membership"
)

// Member is a receiver as one of several.
type Member struct {
	*member.Member

	requests *membership.Client
}

// New returns nil where there is one receiver. kind is the protocol type of the group:
// receivers of two kinds do not share one. Those of one kind whose settings differ wait
// for each other. The traffic is reported to obs, which may be nil.
func New(cfg Config, kafka kafkaconfig.Config, kind coordination.ProtocolType, settings coordination.Settings, log *zap.Logger, obs broker.Observer) (*Member, error) {
	if cfg.GroupID == "" {
		return nil, nil
	}
	requests, err := membership.New(kafka, membership.Group{
		ID: cfg.GroupID, Kind: kind, InstanceID: cfg.InstanceID, SessionTimeout: cfg.SessionTimeout,
	}, log, obs)
	if err != nil {
		return nil, err
	}
	return &Member{requests: requests, Member: member.New(member.Config{
		GroupID:        cfg.GroupID,
		InstanceID:     cfg.InstanceID,
		Settings:       settings,
		SessionTimeout: cfg.SessionTimeout,
		RequestTimeout: kafka.RequestTimeout,
	}, requests, log)}, nil
}

// Start joins the group in the background.
func (m *Member) Start(host component.Host) error {
	if err := m.requests.Start(host); err != nil {
		return err
	}
	m.Member.Start()
	return nil
}

// Shutdown leaves the group.
func (m *Member) Shutdown() {
	m.Member.Shutdown()
	m.requests.Close()
}
