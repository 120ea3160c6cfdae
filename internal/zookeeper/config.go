// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package zookeeper reads the offsets that consumers of the kind that Kafka had
// before 0.9 commit to ZooKeeper.
package zookeeper

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

// Config is where the offsets are.
type Config struct {
	// Servers are the ensemble's, host:port each. None: nothing is read.
	Servers []string `mapstructure:"servers"`
	// Chroot is the path below which Kafka keeps everything, as at the end of
	// the brokers' zookeeper.connect; empty is the root.
	Chroot string `mapstructure:"chroot"`
	// SessionTimeout is how long a server may be silent.
	SessionTimeout time.Duration `mapstructure:"session_timeout"`
}

// ValidationErrors returns what is wrong, one error for each key.
func (c *Config) ValidationErrors() []error {
	var errs []error
	for _, server := range c.Servers {
		if strings.Contains(server, "@") { // a comma may have cut a password in two
			errs = []error{errors.New(`"zookeeper.servers" has an address with "@", which is not shown: must be host:port`)}
			break
		}
		if host, port, err := net.SplitHostPort(server); err != nil || host == "" || port == "" {
			errs = append(errs, fmt.Errorf(`"zookeeper.servers" has %q: must be host:port`, server))
		}
	}
	if c.Chroot != "" && !strings.HasPrefix(c.Chroot, "/") {
		errs = append(errs, fmt.Errorf(`"zookeeper.chroot" is %q: must be a path that begins with /`, c.Chroot))
	}
	return append(errs, durations.CheckAll(
		durations.Limit{Key: "zookeeper.session_timeout", Given: c.SessionTimeout, Least: time.Second},
	)...)
}
