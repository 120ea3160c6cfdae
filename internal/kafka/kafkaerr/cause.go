// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaerr

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/IBM/sarama"
)

// Cause says what an engineer should look at, or "" where err says no more
// than itself.
func Cause(err error) string {
	if login, ok := errors.AsType[*LoginError](err); ok {
		return causeOfLogin(login)
	}
	if code, ok := kafkaCode(err); ok {
		return causeOfCode(code)
	}
	if _, ok := errors.AsType[*OtherClusterError](err); ok {
		return "another cluster answers there: it has taken the address over, or \"brokers\" names two clusters"
	}
	switch protocolError, ok := errors.AsType[*ProtocolError](err); {
	case IsMalformed(err):
		return "the answer is not Kafka's: something else answers there, or changes answers on their way"
	case ok:
		return causeOfProtocolError(protocolError)
	case IsThrottled(err):
		return "a quota of the broker throttles this client: raise request_percentage for its user or client_id"
	}
	if alert := TLSAlert(err); alert != nil {
		return causeOfAlert(alert)
	}
	if handshake, ok := errors.AsType[*TLSError](err); ok {
		return causeOfHandshake(handshake)
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the name does not resolve"
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: the broker is down, or the port is another"
	case IsTimeout(err) && !reached(err):
		return "unreachable: no connection in time"
	case errors.Is(err, ErrNoAnswer):
		return "it accepts connections but does not answer in time"
	case gone(err):
		return causeOfHangUp(err)
	}
	return ""
}

// reached reports whether the broker's port was reached at all.
func reached(err error) bool {
	open, ok := errors.AsType[*OpenError](err)
	return !ok || open.Reached
}

// gone reports whether the peer closed the connection.
func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// causeOfHangUp explains a connection that the peer closed: before any answer,
// on the first request after the protocol was negotiated, or later.
func causeOfHangUp(err error) string {
	if open, ok := errors.AsType[*OpenError](err); ok && open.Silent {
		return "it closed the connection before any answer: a TLS port spoken to in plain text, a limit of connections (max.connections.per.ip), or not a Kafka port"
	}
	if _, ok := errors.AsType[*RequestError](err); ok {
		return "it closed the connection on the first request: a SASL login is missing, or the broker went down"
	}
	return "it closed the connection"
}

// causeOfProtocolError says what answers there, by its first four bytes.
func causeOfProtocolError(e *ProtocolError) string {
	const tlsAlert, tlsHandshake = 0x15, 0x16
	switch {
	case e.Large:
		return "too much for one answer: fewer partitions in the group would help"
	case bytes.Equal(e.Start[:], []byte("HTTP")):
		return "an HTTP server listens there, not a Kafka broker"
	case bytes.Equal(e.Start[:], []byte("SSH-")):
		return "an SSH server listens there, not a Kafka broker"
	case (e.Start[0] == tlsAlert || e.Start[0] == tlsHandshake) && e.Start[1] == 3:
		return "a TLS port spoken to in plain text: set tls"
	}
	return "no Kafka broker listens there"
}

func causeOfHandshake(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the broker's certificate is signed by a CA that is not trusted: set tls.ca_file"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the broker's certificate is for another name: set tls.server_name_override"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "the broker's certificate has expired or is not valid yet"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "TLS spoken to a plain text port: remove tls, or use the TLS port"
	}
	if IsTimeout(err) {
		return "it does not answer the TLS handshake: a plain text port, or no Kafka broker"
	}
	if gone(err) {
		return "it closed the connection during the TLS handshake: a plain text port, or a client certificate is wanted"
	}
	return "the TLS handshake failed"
}

// TLSAlert returns the alert with which the broker ended TLS, nil if there is none.
func TLSAlert(err error) error {
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return alert.Err
	}
	return nil
}

// causeOfAlert explains why the broker ended TLS. What it holds against the
// client's certificate comes after the handshake, in TLS 1.3.
func causeOfAlert(alert error) string {
	said := "the broker refused TLS (" + alert.Error() + "): "
	switch strings.TrimPrefix(alert.Error(), "tls: ") {
	case "certificate required", "bad certificate", "unknown certificate", "unknown certificate authority",
		"expired certificate", "revoked certificate", "unsupported certificate", "handshake failure":
		return said + "check tls.cert_file and tls.key_file"
	case "protocol version not supported":
		return said + "check tls.min_version and tls.max_version"
	}
	return said + "check tls"
}

func causeOfCode(code sarama.KError) string {
	switch code {
	case sarama.ErrTopicAuthorizationFailed:
		return "an ACL is missing: Describe on the topic"
	case sarama.ErrGroupAuthorizationFailed:
		return "an ACL is missing: Describe on the group"
	case sarama.ErrClusterAuthorizationFailed:
		return "an ACL is missing: Describe on the cluster"
	case sarama.ErrOffsetsLoadInProgress:
		return "the coordinator is still loading its groups"
	case sarama.ErrNotCoordinatorForConsumer, sarama.ErrConsumerCoordinatorNotAvailable:
		return "the group's coordinator is moving"
	case sarama.ErrNotLeaderForPartition, sarama.ErrLeaderNotAvailable, sarama.ErrFencedLeaderEpoch:
		return "the partition's leader is moving"
	case sarama.ErrKafkaStorageError:
		return "the broker cannot read or write one of its log directories"
	case sarama.ErrNotController:
		return "the controller is moving"
	case sarama.ErrUnsupportedVersion:
		return "the broker does not know this request"
	case sarama.ErrUnknownTopicOrPartition:
		return "the topic was deleted, or the broker does not know it yet"
	}
	return ""
}
