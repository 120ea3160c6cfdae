// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Kafkalag-check says what a collector's configuration of the receiver kafkalag comes to
// on its cluster: which brokers answer, which rights are missing, what is seen, how many
// series come of it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/kafkalag/kafkalagreceiver/internal/check"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal meets the default action, in case stopping hangs.
	context.AfterFunc(ctx, stop)
	os.Exit(check.Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
