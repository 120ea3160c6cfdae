// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import "github.com/kafkalag/kafkalagreceiver/internal/test/soak"

// VersionsWithNewGroups returns the versions of Kafka that have share groups and
// streams groups: the newest, and all of them in a soak test that runs in full.
func VersionsWithNewGroups() []string {
	if soak.Full() {
		return []string{"4.2.0", "4.3.1", "4.4.0"}
	}
	return []string{"4.4.0"}
}
