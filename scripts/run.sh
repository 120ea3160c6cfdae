#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs the built collector on KAFKA_BROKERS, or on a demo cluster where that is
# empty, and shows each group's lag until Ctrl-C. With REPLICAS=3, three of them share it.
set -euo pipefail
cd "$(dirname "$0")/.."

go build -o build/sandbox ./cmd/sandbox
exec build/sandbox -kafka "${KAFKA_BROKERS:-}" -replicas "${REPLICAS:-1}" -log build/otelcol-kafkalag.log -- \
	build/otelcol-kafkalag --config config/default.yaml
