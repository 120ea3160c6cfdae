// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sharing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/durations"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
)

func TestConfig(t *testing.T) {
	const wrong = `"coordination.instance_id" is %: must have 1 to 249 of the letters, digits, '.', '_' and '-', as Kafka takes them`
	for id, want := range map[string]string{
		"":                       "",
		"kafkalag-0.a_b":         "",
		strings.Repeat("a", 249): "",
		"a b":                    strings.Replace(wrong, "%", `"a b"`, 1),
		strings.Repeat("a", 250): strings.Replace(wrong, "%", `"`+strings.Repeat("a", 250)+`"`, 1),
	} {
		cfg := NewDefault()
		cfg.InstanceID = id
		assert.Empty(t, durations.CheckAll(cfg.Limit()))
		if want == "" {
			assert.Empty(t, cfg.ValidationErrors(), id)
			continue
		}
		require.Len(t, cfg.ValidationErrors(), 1, id)
		require.EqualError(t, cfg.ValidationErrors()[0], want)
	}
	assert.Len(t, durations.CheckAll((&Config{SessionTimeout: 1}).Limit()), 1)
}

func TestOneReceiverIsNoMember(t *testing.T) {
	m, err := New(NewDefault(), kafkaconfig.NewDefault(), coordination.Lag, nil, zap.NewNop(), nil)
	require.NoError(t, err)
	assert.Nil(t, m)
}

func TestSwitched(t *testing.T) {
	type enabled struct{ Enabled bool }
	type metrics struct {
		A enabled `mapstructure:"kafka.a"`
		B enabled `mapstructure:"kafka.b"`
		C enabled `mapstructure:"kafka.c"`
	}
	on, off := enabled{true}, enabled{false}
	assert.Equal(t, "-kafka.a +kafka.b", Switched(metrics{A: off, B: on, C: on}, metrics{A: on, B: off, C: on}))
	assert.Empty(t, Switched(metrics{}, metrics{}))
}
