// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// healthStatus reports to the collector when scrapes begin to learn nothing, and when they
// learn something again. The collector itself reports OK after the start.
type healthStatus struct {
	host    component.Host
	failing bool
}

func (s *healthStatus) report(err error) {
	failing := err != nil
	if failing == s.failing {
		return
	}
	s.failing = failing
	if failing {
		componentstatus.ReportStatus(s.host, componentstatus.NewRecoverableErrorEvent(err))
		return
	}
	componentstatus.ReportStatus(s.host, componentstatus.NewEvent(componentstatus.StatusOK))
}
