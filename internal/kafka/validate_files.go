// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"time"
)

// fileMistakes returns what is wrong with the files that the configuration
// names, a line each. They are looked at when the collector starts, not when a
// configuration is validated, which may be on another machine.
func (c *Config) fileMistakes(ctx context.Context, now time.Time) []error {
	mistakes := tlsMistakes(ctx, c.tlsKey(), c.TLS, now)
	return append(mistakes, c.Auth.fileMistakes(ctx, now)...)
}
