#!/bin/sh
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# Stops the service that is about to be removed: dpkg says "remove", rpm 0. At
# an upgrade they say something else.
set -e
[ -d "$DPKG_ROOT/run/systemd/system" ] || exit 0
case $1 in
remove | 0) systemctl disable --now otelcol-kafkalag.service ;;
esac
