#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds the collector for GOOS and GOARCH, by default this machine's:
# build.sh [BINARY], by default build/otelcol-kafkalag. kafkalag-check comes
# beside it. The OpenTelemetry Collector Builder writes the collector's sources;
# both are compiled of the same modules, without cgo, paths and symbols: equal
# commits give equal binaries, whatever the folder.
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

compile() { # compile PACKAGE BINARY
	CGO_ENABLED=0 go build -C build -trimpath -ldflags='-s -w' -o "$2" "$1"
}
compile . "$binary"
compile github.com/kafkalag/kafkalagreceiver/cmd/kafkalag-check "${binary%/*}/kafkalag-check"

# An unchanged binary is not written again, and make compares times.
touch "$binary"
