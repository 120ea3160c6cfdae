// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

func TestVersionOf(t *testing.T) {
	offered := func(known *kversion.Versions, change map[kmsg.Key]int16) wire.Versions {
		versions := wire.Versions{}
		known.EachMaxKeyVersion(func(key, most int16) { versions[key] = wire.VersionRange{Max: most} })
		for key, most := range change {
			versions[key.Int16()] = wire.VersionRange{Max: most}
		}
		return versions
	}
	for name, tt := range map[string]struct {
		offered wire.Versions
		want    string
	}{
		"it does not say":    {nil, ""},
		"old":                {offered(kversion.V0_10_2(), nil), "0.10.2"},
		"new":                {offered(kversion.V4_4_0(), nil), "4.4"},
		"newer":              {offered(kversion.V4_4_0(), map[kmsg.Key]int16{kmsg.Metadata: 90, kmsg.ListOffsets: 90}), "at least 4.4"},
		"a service's choice": {offered(kversion.V2_8_0(), map[kmsg.Key]int16{kmsg.Metadata: 1}), ""},
		"nonsense":           {wire.Versions{-1: {Max: -5}, 30000: {Min: 3, Max: 1}}, ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, versionOf(tt.offered)) })
	}
}
