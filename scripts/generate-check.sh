#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Fails where `make generate` would change a file. It generates in a copy, so
# it neither touches the checkout nor needs it to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy" "$copy.before"' EXIT
git ls-files -z --cached --others --exclude-standard |
	tar --create --null --files-from=- --ignore-failed-read 2>/dev/null | tar --extract --directory "$copy"
cp -r "$copy" "$copy.before"

scripts/generate.sh "$copy"
if ! diff --recursive --unified "$copy.before" "$copy"; then
	echo "generated files are out of date: run 'make generate' and commit the result" >&2
	exit 1
fi
