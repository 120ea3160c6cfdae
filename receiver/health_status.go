// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// healthStatus reports the component's status: a recoverable error when scrapes begin to
// learn nothing, and OK when they learn something again. The collector itself reports OK
// after the start.
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
