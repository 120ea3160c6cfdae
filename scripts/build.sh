#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds build/otelcol-kafkalag with the OpenTelemetry Collector Builder, which
# compiles without cgo, paths and symbols: equal commits give equal binaries,
# whatever the folder.
set -euo pipefail
cd "$(dirname "$0")/.."

# The builder tidies the modules, which also looks up what the components' own
# tests import. -e lets it go on where a proxy lacks such a module; anything
# that the collector itself needs still fails the compilation.
GOFLAGS="$(go env GOFLAGS) -e" go tool -modfile=internal/tools/go.mod builder --config builder-config.yaml

# An unchanged binary is not written again, and make compares times.
touch build/otelcol-kafkalag
