// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package tlsconfig

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"
)

// FileErrors returns why settings of TLS cannot be used. Errors that only loading
// them shows are returned only where the PEM is right, so that none is reported
// twice.
func FileErrors(ctx context.Context, at string, c *Config, now time.Time) []error {
	if c == nil || c.IsOff() {
		return nil
	}
	var errs []error
	for _, mistake := range []error{authoritiesMistake(at, c, now), pairMistake(at, c, now)} {
		if mistake != nil {
			errs = append(errs, mistake)
		}
	}
	if len(errs) > 0 {
		return errs
	}
	if _, err := c.LoadTLSConfig(ctx); err != nil {
		return []error{fmt.Errorf("%q is not usable: %s", at, strings.ReplaceAll(err.Error(), "\n", "; "))}
	}
	return nil
}

// authoritiesMistake says why no authority can be used. One that is valid is
// enough: bundles of authorities keep expired ones.
func authoritiesMistake(at string, c *Config, now time.Time) error {
	authorities := givenPEM(at+".ca", c.CAFile, c.CAPem)
	if authorities == nil {
		return nil
	}
	text, err := authorities.read()
	if err == nil {
		err = noneValid(text, now)
	}
	return authorities.mistake("certificates in PEM", err)
}

// pairMistake says why a client cannot show its certificate.
func pairMistake(at string, c *Config, now time.Time) error {
	certificate := givenPEM(at+".cert", c.CertFile, c.CertPem)
	key := givenPEM(at+".key", c.KeyFile, c.KeyPem)
	if certificate == nil || key == nil {
		return nil
	}
	text, err := certificate.read()
	if err != nil {
		return certificate.mistake("a certificate in PEM", err)
	}
	// The first one is the client's own; those after it lead to an authority.
	leaf, err := first(text)
	if err != nil {
		return certificate.mistake("a certificate in PEM", err)
	}
	if err := invalid(leaf, now); err != nil {
		return certificate.mistake("a valid certificate", err)
	}
	if c.TPMConfig.Enabled { // whose key is no PEM
		return nil
	}
	secret, err := key.read()
	if err == nil {
		_, err = tls.X509KeyPair(text, secret)
	}
	return key.mistake("the key of "+certificate.key+" in PEM", err)
}

// pemText is what one key of the configuration gives: a file, or the text.
type pemText struct{ key, path, text string }

// givenPEM is nil where neither is given.
func givenPEM(at, path string, text configopaque.String) *pemText {
	switch {
	case path != "":
		return &pemText{key: at + "_file", path: path}
	case text != "":
		return &pemText{key: at + "_pem", text: string(text)}
	}
	return nil
}

func (p *pemText) read() ([]byte, error) {
	if p.path == "" {
		return []byte(p.text), nil
	}
	text, err := os.ReadFile(p.path)
	return text, withoutPath(err)
}

// mistake is nil where err is. It does not quote the text.
func (p *pemText) mistake(want string, err error) error {
	switch {
	case err == nil:
		return nil
	case p.path == "":
		return fmt.Errorf("%q is not usable: must be %s: %w", p.key, want, err)
	}
	return FileError(p.key, p.path, want, err)
}

var errNoCertificate = errors.New("there is no certificate")

// first returns the first certificate of a text in PEM.
func first(text []byte) (*x509.Certificate, error) {
	for certificate, err := range certificates(text) {
		return certificate, err
	}
	return nil, errNoCertificate
}

// noneValid says why no certificate of a text is valid, nil where one is.
func noneValid(text []byte, now time.Time) error {
	reason := errNoCertificate
	for certificate, err := range certificates(text) {
		if err == nil {
			err = invalid(certificate, now)
		}
		if err == nil {
			return nil
		}
		reason = err
	}
	return reason
}

// certificates goes through those of a text in PEM.
func certificates(text []byte) iter.Seq2[*x509.Certificate, error] {
	return func(yield func(*x509.Certificate, error) bool) {
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			if block.Type == "CERTIFICATE" && !yield(x509.ParseCertificate(block.Bytes)) {
				return
			}
		}
	}
}

// invalid says why a certificate is not valid now.
func invalid(certificate *x509.Certificate, now time.Time) error {
	switch {
	case now.After(certificate.NotAfter):
		return fmt.Errorf("expired at %s", certificate.NotAfter.UTC().Format(time.RFC3339))
	case now.Before(certificate.NotBefore):
		return fmt.Errorf("not valid before %s", certificate.NotBefore.UTC().Format(time.RFC3339))
	}
	return nil
}
