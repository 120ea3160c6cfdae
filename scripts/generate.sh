#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Generates code and documentation from the metadata.yaml of each component, the
# schema of their keys, the dashboard as grafana.com takes it, and what Kubernetes'
# tools need a copy of:
# generate.sh [CHECKOUT]. mdatagen names packages after the folder that it finds
# the file in, so it is shown the checkout through a link that has the same name
# everywhere.
set -euo pipefail
root=$(cd "${1:-$(dirname "$0")/..}" && pwd -P)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ln -s "$root" "$tmp/kafkalagreceiver"
cd "$root"
for component in . receiver/probe exporter/prometheuspage; do
	go tool -modfile=internal/tools/go.mod mdatagen "$tmp/kafkalagreceiver/$component/metadata.yaml"
done

# mdatagen lets each data point's list of attributes grow one by one, which is a
# quarter of the time that a scrape spends on points and a third of their memory.
# Give each list its size before the first of several is put in.
#
# It also keeps room for as many points as a metric ever had at once. A scrape is
# recorded in rounds (internal/record/rounds.go): one large group would have each
# round reserve its size.
metrics=internal/metadata/generated_metrics.go
awk '
	/^\tdp\.Attributes\(\)\.Put/ { puts = puts $0 "\n"; n++; next }
	n > 1 { print "\tdp.Attributes().EnsureCapacity(" n ")" }
	n > 0 { printf "%s", puts; puts = ""; n = 0 }
	/^\t\tm\.capacity = / { sub(/m\.data\..*Len\(\)/, "min(&, maxCapacity)") }
	{ print }
' "$metrics" >"$tmp/presized.go"
cat >>"$tmp/presized.go" <<'GO'

// maxCapacity is how many points a metric has room for in advance at most.
const maxCapacity = 4096
GO
if ! grep -qF 'min(m.data.Gauge().DataPoints().Len(), maxCapacity)' "$tmp/presized.go"; then
	echo "$metrics: no room for points was found; mdatagen keeps it in another way now" >&2
	exit 1
fi
if ! grep -qF 'dp.Attributes().EnsureCapacity(' "$tmp/presized.go"; then
	echo "$metrics: no list of attributes was found; mdatagen writes them in another way now" >&2
	exit 1
fi
cp "$tmp/presized.go" "$metrics"

# Its recorders of histograms take one number for a point, and do not compile. Give
# them what fills a point in its place. The tests that it makes know nothing of that.
probe=receiver/probe/internal/metadata
sed -i -e 's/val float64/val func(pmetric.HistogramDataPoint)/' -e 's/dp\.SetDoubleValue(val)/val(dp)/' "$probe/generated_metrics.go"
rm "$probe/generated_metrics_test.go"

go test -C internal/test/schema -count 1 -run '^TestSchemaIsUpToDate$' . -update

# grafana.com takes a dashboard as Grafana exports it for others: it says what to
# ask for when it is imported, and what it needs. Its variable for the data source
# begins with the one that was chosen then.
dashboard=observability/grafana/kafkalag.json
awk '
	{ print }
	NR == 1 { while ((getline line < head) > 0) print line }
	/^ +"type": "datasource",$/ {
		match($0, /^ +/)
		printf "%*s\"current\": {\"text\": \"${DS_PROMETHEUS}\", \"value\": \"${DS_PROMETHEUS}\"},\n", RLENGTH, ""
	}
' head=/dev/stdin "$dashboard" >"${dashboard%.json}.grafana-com.json" <<'JSON'
  "__inputs": [
    {"name": "DS_PROMETHEUS", "label": "Prometheus", "description": "", "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus"}
  ],
  "__elements": {},
  "__requires": [
    {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "10.2.0"},
    {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"},
    {"type": "panel", "id": "bargauge", "name": "Bar gauge", "version": ""},
    {"type": "panel", "id": "stat", "name": "Stat", "version": ""},
    {"type": "panel", "id": "table", "name": "Table", "version": ""},
    {"type": "panel", "id": "timeseries", "name": "Time series", "version": ""}
  ],
  "id": null,
JSON

# Neither kustomize nor Helm reads a file outside of its own folder.
cp config/default.yaml deploy/kubernetes/config.yaml
chart=deploy/helm/kafkalag/files
rm -rf "$chart"
mkdir -p "$chart/config"
cp config/*.yaml "$chart/config"
cp observability/prometheus/kafkalag.rules.yaml observability/grafana/kafkalag.json "$chart"
