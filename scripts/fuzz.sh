#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs every fuzz target for a while, one after the other: fuzz.sh TIME.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?usage: fuzz.sh TIME}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

fuzz() { # fuzz PACKAGE TARGET
	go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "$time" -fuzzminimizetime 10x 2>&1 | tee "$log"
}

# Before Go 1.27 a target may fail when its time is over, without any input that
# fails (https://go.dev/issue/75804): it runs once more.
out_of_time() {
	grep -q '^ *context deadline exceeded$' "$log" && ! grep -q 'Failing input written' "$log"
}

mapfile -t targets < <(grep -r --include='*_test.go' --exclude-dir=build -o '^func Fuzz[A-Za-z0-9_]*' . | sort)
for target in "${targets[@]}"; do
	package=$(dirname "${target%%:*}") name=${target##* }
	if ! fuzz "$package" "$name"; then
		out_of_time || exit 1
		fuzz "$package" "$name"
	fi
done
