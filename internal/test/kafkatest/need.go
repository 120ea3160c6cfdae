// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
)

// DefaultVersion is the Kafka that a test gets that names none.
const DefaultVersion = "4.4.0"

// NeedReal skips the test where Kafka of that version ("" is
// [DefaultVersion]) cannot run, as [Lacks] does. [Start] and [Shared] call it
// themselves.
func NeedReal(t testing.TB, version string) {
	t.Helper()
	if version == "" {
		version = DefaultVersion
	}
	release, err := jars.Lookup(version)
	if err != nil {
		t.Fatal(err)
	}
	if missing := release.Missing(); missing != nil {
		Lacks(t, "integration", fmt.Sprintf("real Kafka cannot run: %v", missing))
	}
}

// Lacks skips the test because the machine lacks what its tier of tests needs.
// Where KAFKALAG_REQUIRE is "all" or a comma-separated list with the tier, the
// test fails.
func Lacks(t testing.TB, tier, what string) {
	t.Helper()
	if required(tier) {
		t.Fatalf("required by KAFKALAG_REQUIRE: %s", what)
	} else {
		t.Skipf("%s", what)
	}
}

func required(tier string) bool {
	tiers := strings.Split(os.Getenv("KAFKALAG_REQUIRE"), ",")
	return slices.Contains(tiers, "all") || slices.Contains(tiers, tier)
}
