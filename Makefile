# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0

COLLECTOR := build/otelcol-kafkalag
# What the collector is made of: a change to any of it makes `build` build.
SOURCES   := builder-config.yaml go.mod go.sum internal/tools/go.mod \
	$(shell find *.go receiver exporter internal cmd/kafkalag-check -name '*.go' ! -name '*_test.go' \
		! -path 'internal/test/*' ! -path 'internal/tools/*')

.DEFAULT_GOAL := help
.PHONY: help build run test test-unit lint generate package bench picture kafka-jars soak fuzz outdated clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(COLLECTOR) ## Build the collector, build/otelcol-kafkalag, and build/kafkalag-check

$(COLLECTOR): $(SOURCES) scripts/build.sh
	scripts/build.sh

run: build ## Run it on KAFKA_BROKERS, or on a demo cluster where that is empty
	@scripts/run.sh

test: ## Run every test that this machine has the means for
	@scripts/test.sh

test-unit: ## Run the unit tests alone, without the race detector
	go test -skip '^Test(Integration|E2E|Rules)' ./...

lint: ## Check style, generated files, modules, workflows and scripts
	@scripts/lint.sh

generate: ## Generate code and documentation from metadata.yaml, and the schema of the keys
	go generate ./...

package: build ## Make the .deb, .rpm, tarballs, SBOMs and checksums, build/packages
	@scripts/package.sh

bench: build ## Measure a large cluster (CLUSTER=flags of cmd/bench), then the Go benchmarks (BENCH, COUNT)
	@scripts/bench.sh

picture: build ## Draw docs/dashboard.png from the demo cluster; needs Prometheus and takes minutes
	@scripts/picture.sh

kafka-jars: ## Fetch the Apache Kafka versions that the tests run against
	go run ./internal/test/kafkatest/fetchjars

soak: build ## Run the long tests in full (tens of minutes)
	KAFKALAG_COLLECTOR=$(abspath $(COLLECTOR)) KAFKALAG_SOAK=full go test -p 1 -count 1 -timeout 90m -run Soak ./...

fuzz: ## Run each fuzz target for FUZZTIME (10m)
	@scripts/fuzz.sh "$${FUZZTIME:-10m}"

outdated: ## List dependencies and components that have newer versions
	@scripts/outdated.sh

clean: ## Remove what was built
	rm -rf build
