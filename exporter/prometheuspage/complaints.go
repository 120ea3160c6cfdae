// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"sync"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"
)

const (
	// repeat is after how long a complaint that still holds is repeated.
	repeat = 5 * time.Minute
	// maxComplaints bounds how many are remembered. Of more it is only said that there are.
	maxComplaints = 1000
	// maxComplaint bounds the bytes of each of a complaint's texts.
	maxComplaint = 200
)

// complaints logs what is wrong with what comes in, each thing once in a while:
// it mostly is wrong in every message.
type complaints struct {
	logger *zap.Logger
	now    func() time.Time

	mu     sync.Mutex
	logged map[string]time.Time
	full   time.Time // when it was last said that there are more
}

func newComplaints(logger *zap.Logger) *complaints {
	return &complaints{logger: logger, now: time.Now, logged: map[string]time.Time{}}
}

// about complains, naming a metric, unless it has done so lately.
func (c *complaints) about(message, metric string) {
	message, metric = cut(message), cut(metric)
	if c.due(message + "\n" + metric) {
		c.logger.Warn(message, zap.String("metric", metric), zap.Duration("repeated_after", repeat))
	}
}

func (c *complaints) due(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if last, logged := c.logged[key]; logged && now.Sub(last) < repeat {
		return false
	}
	if len(c.logged) >= maxComplaints {
		for key, last := range c.logged {
			if now.Sub(last) >= repeat {
				delete(c.logged, key)
			}
		}
		if len(c.logged) >= maxComplaints {
			c.more(now)
			return false
		}
	}
	c.logged[key] = now
	return true
}

// more says that there is more than is logged.
func (c *complaints) more(now time.Time) {
	if now.Sub(c.full) >= repeat {
		c.full = now
		c.logger.Warn("more is wrong with what comes in than is logged", zap.Int("logged", len(c.logged)), zap.Duration("repeated_after", repeat))
	}
}

// cut drops what of a text goes beyond maxComplaint bytes, in front of a rune.
func cut(s string) string {
	if len(s) <= maxComplaint {
		return s
	}
	end := maxComplaint
	for end > maxComplaint-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
