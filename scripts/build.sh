#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds the collector for GOOS and GOARCH, by default this machine's:
# build.sh [BINARY], by default build/otelcol-kafkalag. The OpenTelemetry
# Collector Builder writes its sources; they are compiled without cgo, paths and
# symbols: equal commits give equal binaries, whatever the folder.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-build/otelcol-kafkalag}
[[ $binary == /* ]] || binary=$PWD/$binary

# The builder runs on this machine, whichever it builds for.
#
# It tidies the modules, which also looks up what the components' own tests
# import. -e lets it go on where a proxy lacks such a module; anything that the
# collector itself needs still fails the compilation.
GOOS='' GOARCH='' GOFLAGS="$(go env GOFLAGS) -e" \
	go tool -modfile=internal/tools/go.mod builder --config builder-config.yaml --skip-compilation

CGO_ENABLED=0 go build -C build -trimpath -ldflags='-s -w' -o "$binary" .

# An unchanged binary is not written again, and make compares times.
touch "$binary"
