// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest/jars"
)

// DefaultVersion is the Kafka that a test gets that names none.
const DefaultVersion = "4.2.0"

// NeedReal skips the test where Kafka of that version ("" is
// [DefaultVersion]) cannot run, unless KAFKALAG_REQUIRE is "all" or a
// comma-separated list with "real": then the test fails. [Start] and [Shared]
// call it themselves.
func NeedReal(t testing.TB, version string) {
	t.Helper()
	if version == "" {
		version = DefaultVersion
	}
	release, err := jars.Lookup(version)
	if err != nil {
		t.Fatal(err)
	}
	missing := release.Missing()
	switch {
	case missing == nil:
	case required("real"):
		t.Fatalf("real Kafka is required (KAFKALAG_REQUIRE) and cannot run: %v", missing)
	default:
		t.Skipf("real Kafka cannot run: %v", missing)
	}
}

func required(tier string) bool {
	tiers := strings.Split(os.Getenv("KAFKALAG_REQUIRE"), ",")
	return slices.Contains(tiers, "all") || slices.Contains(tiers, tier)
}
