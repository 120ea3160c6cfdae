// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package tlsconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ReadError returns why the file at path cannot be read, or err where it can. The
// path is left out, because messages name it already. Libraries lose the type of
// the errors that they meet.
func ReadError(path string, err error) error {
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

// FileError says that the file at path, which key names, is not what it must
// be: want.
func FileError(key, path, want string, err error) error {
	return fmt.Errorf("%q is %q: must be a file with %s: %w", key, path, want, err)
}
