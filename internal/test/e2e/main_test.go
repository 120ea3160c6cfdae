// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestMain(m *testing.M) { kafkatest.Main(m) }
