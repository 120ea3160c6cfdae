#!/usr/bin/env bash
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Lists what has a newer version: the direct dependencies and tools of every module
# of the repository, and the components of builder-config.yaml. It changes nothing.
# What the proxy does not know, or does not answer within two minutes, has a line
# that says so.
set -euo pipefail
cd "$(dirname "$0")/.."

newer() { # newer FOLDER MODULES...
	timeout 120 go list -C "$1" -m -u -e -f \
		'{{if .Error}}{{.Path}} {{.Version}}: {{.Error.Err}}{{else if .Update}}{{.Path}} {{.Version}} -> {{.Update.Version}}{{end}}' \
		"${@:2}" | sed '/^$/d; s/^/  /' || echo '  not known: the module proxy did not answer'
}
direct() { # direct FOLDER: its modules from elsewhere, those of its tools too
	go list -C "$1" -m -f '{{if not (or .Main .Indirect .Replace)}}{{.Path}}{{end}}' all
	go list -C "$1" -e -f '{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}' tool 2>&-
}

git ls-files -- go.mod '*/go.mod' | while read -r file; do
	echo "$file"
	folder=$(dirname "$file")
	mapfile -t modules < <(direct "$folder" | sort -u | sed '/^$/d')
	newer "$folder" "${modules[@]}"
done

echo builder-config.yaml
mapfile -t components < <(sed -n 's/^ *- gomod: \([^ ]*\) \(v[^ ]*\).*/\1@\2/p' builder-config.yaml | grep -v '@v0\.0\.0$')
newer . "${components[@]}"
