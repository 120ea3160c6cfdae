// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// again holds that logins are renewed before the broker ends them, on a new
// connection, with tokens and tickets that are new by then.
func again(t *testing.T, s *secured) {
	t.Helper()
	// Clients hold on to a token until 10 s before its end.
	tokens := kafkatest.StartTokenServer(t, nil)
	tokens.Lifetime = 11 * time.Second
	ticketsBefore := 0
	if s.kdc != nil {
		ticketsBefore = s.kdc.Tickets(t)
	}
	proxy := s.Broker(1).Proxy(saslOnly)
	dials := proxy.Dials()
	ways := s.ways()
	clients := make([]*client, len(ways))
	for i, w := range ways {
		cfg := config(s.Addresses(saslOnly))
		cfg.Auth = w.right
		if o := cfg.Auth.SASL; o != nil && o.OAuthBearer != nil {
			o.OAuthBearer.TokenURL = tokens.URL
		}
		clients[i] = connect(t, cfg, nil)
	}
	for deadline := time.Now().Add(ticketLifetime + relogin); time.Now().Before(deadline); {
		for _, c := range clients {
			c.requireIn(t)
		}
		time.Sleep(relogin / 8) // as between scrapes
	}
	// One is used for 90 % of the time that the broker gives it.
	logins := float64(ticketLifetime+relogin) / (0.9 * float64(relogin))
	assert.InDelta(t, logins, float64(proxy.Dials()-dials)/float64(len(ways)), 1, "connections of each")
	assert.GreaterOrEqual(t, tokens.Issued(), 3)
	if s.kdc != nil {
		assert.GreaterOrEqual(t, s.kdc.Tickets(t)-ticketsBefore, 2*3, "tickets, by password and by keytab")
	}
}
