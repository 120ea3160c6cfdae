// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	return withoutPath(err)
}

func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func fileMistake(key, path, want string, err error) error {
	return fmt.Errorf("%q is %q: must be a file with %s: %w", key, path, want, err)
}
