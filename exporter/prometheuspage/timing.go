// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

// timingErrors finds durations so short that they can only be a mistake. Of
// the server's, 0 is no limit.
func (c *Config) timingErrors() []error {
	server := &c.ServerConfig
	limits := []durations.Limit{
		{Key: "metric_expiration", Given: c.MetricExpiration, Least: time.Second},
		{Key: "dialer.timeout", Given: server.NetAddr.DialerConfig.Timeout, Least: time.Second, OrZero: true},
		{Key: "read_timeout", Given: server.ReadTimeout, Least: time.Second, OrZero: true},
		{Key: "read_header_timeout", Given: server.ReadHeaderTimeout, Least: time.Second, OrZero: true},
		{Key: "write_timeout", Given: server.WriteTimeout, Least: time.Second, OrZero: true},
	}
	if keepalive := server.Keepalive.Get(); keepalive != nil {
		limits = append(limits, durations.Limit{Key: "keepalive.idle_timeout", Given: keepalive.IdleTimeout, Least: time.Second, OrZero: true})
	}
	if tls := server.TLS.Get(); tls != nil {
		limits = append(limits, durations.Limit{Key: "tls.reload_interval", Given: tls.ReloadInterval, Least: time.Second, OrZero: true})
	}
	return durations.CheckAll(append(limits, c.queueLimits()...)...)
}

func (c *Config) queueLimits() []durations.Limit {
	queue := c.QueueBatchConfig.Get()
	if queue == nil || !queue.Batch.HasValue() {
		return nil
	}
	batch := queue.Batch.Get()
	return []durations.Limit{
		{Key: "sending_queue.batch.flush_timeout", Given: batch.FlushTimeout, Least: time.Millisecond},
		{Key: "sending_queue.batch.partition.idle_timeout", Given: batch.Partition.IdleTimeout, Least: time.Second},
	}
}
