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

lint() { # lint MODULE
	(cd "$1" && go tool -modfile="$tools" golangci-lint run ./...)
}

only_text() { # lists what is neither text nor a picture
	! git ls-files --eol | grep '^i/-text' | grep -v '\.png$'
}

tools=$PWD/internal/tools/go.mod
for module in . internal/test/deploy internal/test/pagediff internal/test/schema internal/tools/packaging observability/picture; do
	check "golangci-lint $module" lint "$module"
	check "modules $module" go mod tidy -C "$module" -diff
done
check 'no programs in the repository' only_text
check 'generated files' scripts/generate-check.sh
check workflows go tool -modfile=internal/tools/actionlint/go.mod actionlint
if command -v shellcheck >/dev/null; then
	check shellcheck shellcheck scripts/*.sh deploy/package/*.sh .ci/run
else
	echo 'lint: shellcheck left out: it is not installed'
fi

if ((${#failed[@]})); then
	printf 'lint: FAILED: %s\n' "${failed[@]}" >&2
	exit 1
fi
