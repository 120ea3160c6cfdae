#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Measures the collector on a cluster; CLUSTER holds flags of cmd/bench,
# such as its size. Without real Kafka, brokers that answer from memory stand in
# for it. Without CLUSTER, it holds four collectors that share a large cluster in memory
# against one, too. The tables stay in build/bench.md.
#
# Then runs the Go benchmarks that BENCH names COUNT times, and sums them up.
# The raw result stays in build/bench.txt; the one before it in bench.old.txt,
# to which it is compared.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p build
cluster=()
if [[ -n ${CLUSTER:-} ]]; then
	read -r -a cluster <<<"$CLUSTER"
elif ! command -v java >/dev/null || ! make --no-print-directory kafka-jars; then
	echo 'no real Kafka here: measuring brokers that answer from memory' >&2
	cluster=(-memory)
fi
status=0 # a limit that is not held fails the run, at its end
go run ./cmd/bench "${cluster[@]}" | tee build/bench.md || status=$?
if [[ -z ${CLUSTER:-} ]]; then
	printf '\n' >>build/bench.md
	go run ./cmd/bench -memory -members 4 -topics 10000 -partitions 100000 -groups 5000 \
		-rounds 5 -every 30s -search-budget 400000 | tee -a build/bench.md || status=$?
fi

results=(build/bench.txt)
if [[ -f build/bench.txt ]]; then
	mv build/bench.txt build/bench.old.txt
	results=(build/bench.old.txt build/bench.txt)
fi
go test -run '^$' -bench "${BENCH:-.}" -benchmem -count "${COUNT:-6}" -timeout 60m ./... | tee build/bench.txt
go tool -modfile=internal/tools/go.mod benchstat "${results[@]}"
exit "$status"
