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
)

// fileMistakes returns what is wrong with the files that the configuration
// names, a line each. They are looked at when the collector starts, not when a
// configuration is validated, which may be on another machine.
func (c *Config) fileMistakes(ctx context.Context, now time.Time) []error {
	mistakes := tlsMistakes(ctx, c.tlsKey(), c.TLS, now)
	return append(mistakes, c.Auth.fileMistakes(ctx, now)...)
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
