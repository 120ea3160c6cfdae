// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	krbconfig "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"
)

// fileMistakes returns what is wrong with the files that the configuration
// names, a line each. They are looked at when the collector starts, not when a
// configuration is validated, which may be on another machine.
func (c *Config) fileMistakes(ctx context.Context, now time.Time) []error {
	mistakes := tlsMistakes(ctx, c.tlsKey(), c.TLS, now)
	if s := c.Auth.SASL; s != nil && s.OAuthBearer != nil {
		mistakes = append(mistakes, tlsMistakes(ctx, "auth.sasl.oauthbearer.tls", s.OAuthBearer.TLS, now)...)
	}
	if k := c.Auth.Kerberos; k != nil {
		mistakes = append(mistakes, k.fileMistakes()...)
	}
	return mistakes
}

func (k *KerberosConfig) fileMistakes() []error {
	var mistakes []error
	if _, err := krbconfig.Load(k.configFile()); err != nil {
		mistakes = append(mistakes, fileMistake("auth.kerberos.config_file", k.configFile(), "a krb5.conf", reason(k.configFile(), err)))
	}
	if k.withKeyTab() {
		if _, err := keytab.Load(k.KeyTabFile); err != nil {
			mistakes = append(mistakes, fileMistake("auth.kerberos.keytab_file", k.KeyTabFile, "a keytab", reason(k.KeyTabFile, err)))
		}
	}
	return mistakes
}

// tlsMistakes is what keeps settings of TLS from being used. What only loading
// them can tell is told where the files are right, so that nothing is told twice.
func tlsMistakes(ctx context.Context, at string, c *TLSConfig, now time.Time) []error {
	if c == nil || c.isOff() {
		return nil
	}
	mistakes := tlsFileMistakes(at, c, now)
	if len(mistakes) > 0 {
		return mistakes
	}
	if _, err := c.LoadTLSConfig(ctx); err != nil {
		return []error{fmt.Errorf("%q is not usable: %s", at, strings.ReplaceAll(err.Error(), "\n", "; "))}
	}
	return nil
}

func tlsFileMistakes(at string, c *TLSConfig, now time.Time) []error {
	var mistakes []error
	if c.CAFile != "" {
		if err := authoritiesMistake(c.CAFile, now); err != nil {
			mistakes = append(mistakes, fileMistake(at+".ca_file", c.CAFile, "certificates in PEM", err))
		}
	}
	if c.CertFile == "" || c.KeyFile == "" || c.TPMConfig.Enabled { // whose key is no PEM
		return mistakes
	}
	if err := unreadable(c.CertFile); err != nil {
		return append(mistakes, fileMistake(at+".cert_file", c.CertFile, "a certificate in PEM", err))
	}
	pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	switch {
	case err != nil:
		mistakes = append(mistakes, fileMistake(at+".key_file", c.KeyFile, "the key of "+at+".cert_file in PEM", reason(c.KeyFile, err)))
	case now.After(pair.Leaf.NotAfter):
		mistakes = append(mistakes, fileMistake(at+".cert_file", c.CertFile, "a valid certificate", expired(pair.Leaf)))
	}
	return mistakes
}

func expired(certificate *x509.Certificate) error {
	return fmt.Errorf("expired at %s", certificate.NotAfter.UTC().Format(time.RFC3339))
}

// authoritiesMistake says why no certificate of a file can be used. One that is
// valid is enough: bundles of authorities keep expired ones.
func authoritiesMistake(path string, now time.Time) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return reason(path, err)
	}
	err = errors.New("there are none")
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, broken := x509.ParseCertificate(block.Bytes)
		switch {
		case broken != nil:
			err = broken
		case now.After(certificate.NotAfter):
			err = expired(certificate)
		default:
			return nil
		}
	}
	return err
}

// reason is err without the path, which is named already, where it is that the
// file cannot be read: libraries lose the type of what they met.
func reason(path string, err error) error {
	if e := unreadable(path); e != nil {
		return e
	}
	return err
}

// unreadable says why a file cannot be read, without its path.
func unreadable(path string) error {
	file, err := os.Open(path)
	if err == nil {
		return file.Close()
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func fileMistake(key, path, want string, err error) error {
	return fmt.Errorf("%q is %q: must be a file with %s: %w", key, path, want, err)
}
