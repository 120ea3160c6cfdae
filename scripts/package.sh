#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Packages the collector and kafkalag-check: package.sh [OS/ARCH...]. Into build/packages, or the
# folder that PACKAGES names, go a tarball and an SBOM for each, for Linux a .deb
# and an .rpm too, and the checksums of all. It needs GNU tar.
#
# For this machine it takes what `make build` built, or the collector that
# KAFKALAG_COLLECTOR names and the kafkalag-check beside it. VERSION stands in for
# builder-config.yaml's version.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("$@")
if (($# == 0)); then targets=(linux/amd64 linux/arm64 darwin/amd64 darwin/arm64); fi
packages=${PACKAGES:-build/packages}
version=${VERSION:-$(awk '$1 == "version:" { print $2 }' builder-config.yaml)}
built=${KAFKALAG_COLLECTOR:-build/otelcol-kafkalag}

# Equal commits give equal packages: the time in them is the commit's.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

mkdir -p "$packages"
packages=$(cd "$packages" && pwd)
rm -f "$packages"/otelcol-kafkalag_* "$packages"/SHA256SUMS
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

compile() { # compile OS ARCH BINARY: kafkalag-check comes beside it
	if [[ $1/$2 == "$(go env GOHOSTOS)/$(go env GOHOSTARCH)" && -f $built ]]; then
		cp "$built" "$3"
		cp "${built%/*}/kafkalag-check" "${3%/*}"
	else
		GOOS=$1 GOARCH=$2 scripts/build.sh "$3"
	fi
}

archive() { # archive NAME BINARY...: a folder of that name
	mkdir "$tmp/$1"
	cp -r "${@:2}" LICENSE CHANGELOG.md config "$tmp/$1"
	tar --create --directory "$tmp" --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
		--mtime="@$SOURCE_DATE_EPOCH" "$1" | gzip -n >"$packages/$1.tar.gz"
}

for target in "${targets[@]}"; do
	os=${target%/*} arch=${target#*/}
	name=otelcol-kafkalag_${version}_${os}_$arch
	binary=$tmp/$target/otelcol-kafkalag
	mkdir -p "${binary%/*}"
	compile "$os" "$arch" "$binary"
	archive "$name" "$binary" "${binary%/*}/kafkalag-check"
	go run -C internal/tools/packaging ./sbom "$binary" "$version" >"$packages/$name.cdx.json"
	if [[ $os != linux ]]; then continue; fi
	for packager in deb rpm; do
		VERSION=$version ARCH=$arch BINARIES=${binary%/*} go tool -modfile=internal/tools/packaging/go.mod nfpm package \
			--config deploy/package/nfpm.yaml --packager "$packager" --target "$packages/$name.$packager" >/dev/null
	done
done

cd "$packages"
sha256sum otelcol-kafkalag_* >SHA256SUMS
ls -l
