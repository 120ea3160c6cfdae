// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package docs reads the project's pages, so that tests hold what they say
// against the code: links, paths and commands here, configurations in
// internal/test/e2e, and tables in the package that they are about.
package docs
