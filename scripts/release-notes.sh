#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Prints a version's section of the changelog that it reads, without its heading:
# release-notes.sh VERSION <CHANGELOG.md. Links become those of the version's tag,
# since a release page has no folder that they could be relative to.
set -euo pipefail
version=${1:?usage: release-notes.sh VERSION <CHANGELOG.md}

notes=$(awk -v heading="## [$version]" '/^## / { found = index($0, heading) == 1; next } found')
if [[ -z $notes ]]; then
	echo "the changelog has nothing on $version" >&2
	exit 1
fi
tree=https://github.com/kafkalag/kafkalagreceiver/blob/v$version
sed "1{/^$/d}; s#](\([^):]*\))#]($tree/\1)#g" <<<"$notes"
