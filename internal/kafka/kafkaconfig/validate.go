// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

// shortest is the least that a time limit may be: even a broker nearby takes
// some milliseconds when it is busy.
const shortest = 100 * time.Millisecond

// oldestProtocol is the first that answers for all committed offsets of a group.
var oldestProtocol = sarama.V0_10_2_0

// ValidationErrors returns what is wrong with the configuration, an error for each: the
// key, what it was given, and what is allowed.
//
// It is not called Validate, because the collector would call that once more
// and put the name of a Go type before the keys.
func (c *Config) ValidationErrors() []error {
	errs := c.brokerErrors()
	if err := c.protocolMistake(); err != nil {
		errs = append(errs, err)
	}
	if err := c.clientMistake(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, durations.CheckAll(
		durations.Limit{Key: "dial_timeout", Given: c.DialTimeout, Least: shortest},
		durations.Limit{Key: "request_timeout", Given: c.RequestTimeout, Least: shortest},
		durations.Limit{Key: "metadata.refresh_interval", Given: c.Metadata.RefreshInterval, Least: time.Second, OrZero: true},
	)...)
	errs = append(errs, c.Auth.ValidationErrors(c.TLS != nil, c.ProtocolVersion)...)
	return append(errs, c.encryptionErrors()...)
}

func (c *Config) encryptionErrors() []error {
	errs := append(c.TLS.ValidationErrors("tls"), c.Auth.TLS.ValidationErrors("auth.tls")...)
	if s := c.Auth.SASL; s != nil && s.OAuthBearer != nil {
		errs = append(errs, s.OAuthBearer.TLS.ValidationErrors("auth.sasl.oauthbearer.tls")...)
	}
	return errs
}

func (c *Config) brokerErrors() []error {
	if len(c.Brokers) == 0 {
		return []error{errors.New(`"brokers" is empty: must name one broker at least, as host:port`)}
	}
	// A comma may have cut a password in two: no part of the list is shown.
	if slices.ContainsFunc(c.Brokers, hasUserInfo) {
		return []error{errors.New(`"brokers" has an address with "@", which is not shown: must be host:port, with user name and password at "auth.sasl"`)}
	}
	var errs []error
	for _, broker := range c.Brokers {
		if !isHostPort(broker) {
			errs = append(errs, fmt.Errorf(`"brokers" has %q: must be host:port, with a port from 1 to 65535`, broker))
		}
	}
	return errs
}

// hasUserInfo reports whether something like a user name or a password stands
// before the host. No host has an "@".
func hasUserInfo(address string) bool { return strings.Contains(address, "@") }

func isHostPort(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return false
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return err == nil && number > 0
}

func (c *Config) protocolMistake() error {
	if c.ProtocolVersion == "" {
		return nil
	}
	version, err := sarama.ParseKafkaVersion(c.ProtocolVersion)
	if err != nil || !version.IsAtLeast(oldestProtocol) {
		return fmt.Errorf(`"protocol_version" is %q: must be a Kafka version such as "2.8.0", from %q, or empty`,
			c.ProtocolVersion, oldestProtocol)
	}
	return nil
}

// oldClientID is what sarama takes for a client id while it is bound to a
// protocol from before Kafka 1.0.
var oldClientID = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (c *Config) clientMistake() error {
	version, err := sarama.ParseKafkaVersion(c.ProtocolVersion)
	if err != nil || version.IsAtLeast(sarama.V1_0_0_0) || oldClientID.MatchString(c.ClientID) {
		return nil //nolint:nilerr // a wrong version is a mistake of its own
	}
	return fmt.Errorf(`"client_id" is %q: must consist of letters, digits, ".", "_" and "-" with a "protocol_version" before "1.0.0"`,
		c.ClientID)
}
