// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import "go.opentelemetry.io/collector/config/configtls"

// isOff tells whether settings of TLS ask for plain text. "insecure" does not
// where there are authorities to trust.
func isOff(c *configtls.ClientConfig) bool {
	return c.Insecure && c.CAFile == "" && c.CAPem == ""
}
