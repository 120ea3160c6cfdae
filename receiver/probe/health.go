// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// healthStatus reports the component's status: a recoverable error while there is
// nothing to write to.
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
	event := componentstatus.NewEvent(componentstatus.StatusOK)
	if failing {
		event = componentstatus.NewRecoverableErrorEvent(err)
	}
	componentstatus.ReportStatus(s.host, event)
}
