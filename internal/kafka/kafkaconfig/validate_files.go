// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"context"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

// FileErrors returns what is wrong with the files that the configuration
// names, a line each. They are looked at when the collector starts, not when a
// configuration is validated, which may be on another machine.
func (c *Config) FileErrors(ctx context.Context, now time.Time) []error {
	errs := tlsconfig.FileErrors(ctx, c.tlsKey(), c.TLS, now)
	return append(errs, c.Auth.FileErrors(ctx, now)...)
}
