#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Generates code and documentation from metadata.yaml: generate.sh [CHECKOUT].
# mdatagen names packages after the folder that it finds the file in, so it is
# shown the checkout through a link that has the same name everywhere.
set -euo pipefail
root=$(cd "${1:-$(dirname "$0")/..}" && pwd -P)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ln -s "$root" "$tmp/kafkalagreceiver"
cd "$root"
go tool -modfile=internal/tools/go.mod mdatagen "$tmp/kafkalagreceiver/metadata.yaml"
