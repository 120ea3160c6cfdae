#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs every check, then fails where any of them did.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()
check() { # check NAME COMMAND...
	echo "lint: $1"
	"${@:2}" || failed+=("$1")
}

golangci_lint_in() { # golangci_lint_in MODULE: go tool takes paths from where it runs
	local tools=$PWD/internal/tools/go.mod
	(cd "$1" && go tool -modfile="$tools" golangci-lint run ./...)
}

check golangci-lint go tool -modfile=internal/tools/go.mod golangci-lint run ./...
check 'golangci-lint, picture' golangci_lint_in observability/picture
check modules go mod tidy -diff
check 'modules, picture' go mod tidy -C observability/picture -diff
check 'generated files' scripts/generate-check.sh
if command -v shellcheck >/dev/null; then
	check shellcheck shellcheck scripts/*.sh .ci/run
else
	echo 'lint: shellcheck left out: it is not installed'
fi

if ((${#failed[@]})); then
	printf 'lint: FAILED: %s\n' "${failed[@]}" >&2
	exit 1
fi
