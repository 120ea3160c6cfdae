// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// repeat is after how long a complaint that still holds is repeated.
	repeat = 5 * time.Minute
	// maxComplaints bounds how many are remembered. More are not told.
	maxComplaints = 1000
)

// complaints logs what is wrong with what comes in, each thing once in a while:
// it mostly is wrong in every message.
type complaints struct {
	logger *zap.Logger
	now    func() time.Time

	mu   sync.Mutex
	told map[string]time.Time
}

func newComplaints(logger *zap.Logger) *complaints {
	return &complaints{logger: logger, now: time.Now, told: map[string]time.Time{}}
}

// about complains, naming a metric, unless it has done so lately.
func (c *complaints) about(message, metric string) {
	if c.due(message + "\n" + metric) {
		c.logger.Warn(message, zap.String("metric", metric), zap.Duration("repeated_after", repeat))
	}
}

func (c *complaints) due(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if last, told := c.told[key]; told && now.Sub(last) < repeat {
		return false
	}
	if len(c.told) >= maxComplaints {
		for key, last := range c.told {
			if now.Sub(last) >= repeat {
				delete(c.told, key)
			}
		}
		if len(c.told) >= maxComplaints {
			return false
		}
	}
	c.told[key] = now
	return true
}
