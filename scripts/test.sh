#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs the tests, tier by tier, and says at the end which tiers this machine
# has not the means for. KAFKALAG_REQUIRE makes that a failure: all, or a list
# of race, integration, e2e, rules.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=() left_out=() notes=()
tier() { # tier NAME COMMAND...
	echo "== $1"
	"${@:2}" || failed+=("$1")
}
leave_out() { # leave_out NAME WHY
	left_out+=("left out: $1: $2")
	case ,${KAFKALAG_REQUIRE:-}, in
	*,all,* | *,"$1",*) failed+=("$1") ;;
	esac
}
packages_with() { # packages_with PREFIX: the packages with tests of that name
	grep -rl --include='*_test.go' --exclude-dir={build,deploy,pagediff} "^func $1" . | xargs -r dirname | sort -u
}

# A busy machine can take longer than any test waits. Up to three tests of a tier that
# fail run once more, and are named at the end; a data race is final.
rerun=$(mktemp -d)
trap 'rm -rf "$rerun"' EXIT
go_test() { # go_test FORMAT PACKAGES ARGUMENTS...
	go tool -modfile=internal/tools/go.mod gotestsum --format "$1" --hide-summary skipped \
		--rerun-fails=1 --rerun-fails-max-failures=3 --rerun-fails-run-root-test --rerun-fails-abort-on-data-race \
		--rerun-fails-report "$(mktemp "$rerun/XXXXXX")" --packages "$2" -- "${race[@]}" -timeout 30m "${@:3}"
}
real() { go_test "$@" -p 1; } # each package starts processes of its own

logins=./internal/test/logins
each_login() { # shows what each login came to, and what went wrong
	real standard-verbose "$logins" -run '^TestIntegration' | grep -v '^ *=== '
}

race=(-race)
if ! command -v "$(go env CC)" >/dev/null; then
	race=()
	leave_out race 'tests ran without the race detector, which needs a C compiler'
fi

tier unit go_test pkgname ./... -skip '^Test(Integration|E2E|Rules)'
# Go's cache of results does not know of files outside a module: never from there.
for module in internal/test/deploy internal/test/pagediff internal/test/schema internal/tools/packaging observability/picture; do
	tier "$module" go test -C "$module" -count 1 -skip '^TestE2E' ./...
done
tier fuzz scripts/fuzz.sh 5s

kafka=no
if ! command -v java >/dev/null; then
	leave_out integration 'tests on real Kafka need java'
elif ! make --no-print-directory kafka-jars; then
	leave_out integration "tests on real Kafka need Kafka's jars, which could not be fetched"
else
	kafka=yes
fi

command -v javac >/dev/null || leave_out integration 'logins with tokens of Amazon MSK need javac'
for program in krb5kdc kadmin.local; do
	PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || leave_out integration "logins by Kerberos need $program"
done
command -v curl >/dev/null || leave_out e2e 'secured metrics need curl'
prometheus=yes
for program in prometheus promtool; do
	command -v "$program" >/dev/null && continue
	prometheus=no
	leave_out rules "alert rules and dashboards need $program"
done
[[ $kafka == yes ]] || leave_out rules 'alert rules and dashboards are seen on real Kafka only'
command -v dpkg >/dev/null || leave_out e2e 'installing the package needs dpkg'
command -v systemd-analyze >/dev/null || leave_out e2e 'checking the unit needs systemd-analyze'
command -v kafka_exporter >/dev/null || notes+=("note: pages are compared with kafka_exporter's only where it is on the PATH")
[[ $(uname) == Linux && $(id -u) == 0 ]] || leave_out e2e 'running the image as its user needs root on Linux'

mapfile -t packages < <(packages_with TestIntegration | grep -vxF "$logins")
if [[ $kafka == yes ]] && ((${#packages[@]})); then
	tier integration real pkgname "${packages[*]}" -run '^TestIntegration' -skip '^TestIntegrationVersions$'
	tier logins each_login
	tier versions real standard-verbose ./receiver -run '^TestIntegrationVersions$' # shows what each version reports
fi

tier build make --no-print-directory build
export KAFKALAG_COLLECTOR=$PWD/build/otelcol-kafkalag
mapfile -t packages < <(packages_with TestE2E)
tier e2e real pkgname "${packages[*]}" -run '^TestE2E'
tier image go test -C internal/test/deploy -count 1 -run '^TestE2E' ./...

if [[ $prometheus == yes ]]; then
	mapfile -t packages < <(packages_with TestRules)
	tier rules real pkgname "${packages[*]}" -run '^TestRules'
fi

find "$rerun" -type f -exec sed -n 's/.*: [0-9]* runs, [0-9]* failures$/failed once: &/p' {} +
if ((${#notes[@]})); then printf '%s\n' "${notes[@]}"; fi
if ((${#left_out[@]})); then printf '%s\n' "${left_out[@]}"; fi
if ((${#failed[@]})); then
	printf 'FAILED: %s\n' "${failed[@]}"
	exit 1
fi
