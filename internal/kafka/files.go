// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

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
