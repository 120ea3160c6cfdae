#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Draws docs/dashboard.png: runs the demo cluster, the built collector and a
# Prometheus for PICTURE_MINUTES (6), and has panels of the dashboard drawn from
# what Prometheus holds then. Needs Debian's prometheus.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${PICTURE_MINUTES:-6}
go build -o build/sandbox ./cmd/sandbox
go build -C observability/picture -o ../../build/picture .

dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cat >"$dir/prometheus.yml" <<'YAML'
global: {scrape_interval: 2s}
scrape_configs:
  - {job_name: kafka, static_configs: [{targets: ["localhost:9308"]}]}
  - {job_name: otelcol-kafkalag, static_configs: [{targets: ["localhost:8888"]}]}
YAML
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" \
	--web.listen-address=localhost:19090 2>"$dir/prometheus.log" &
build/sandbox -every 2s -log "$dir/collector.log" -- build/otelcol-kafkalag --config config/default.yaml >"$dir/sandbox.log" &

echo "watching the demo cluster for $minutes minutes"
sleep "${minutes}m"
build/picture -prometheus http://localhost:19090 -dashboard observability/grafana/kafkalag.json \
	-one takes-breaks -span "$((minutes - 1))m" -out docs/dashboard.png
