// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import "testing"

func TestMain(m *testing.M) { Main(m) }
