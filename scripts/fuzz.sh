#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs every fuzz target for a while, one after the other: fuzz.sh TIME.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?usage: fuzz.sh TIME}

mapfile -t targets < <(grep -r --include='*_test.go' --exclude-dir=build -o '^func Fuzz[A-Za-z0-9_]*' . | sort)
for target in "${targets[@]}"; do
	go test "$(dirname "${target%%:*}")" -run '^$' -fuzz "^${target##* }\$" -fuzztime "$time" -fuzzminimizetime 10x
done
