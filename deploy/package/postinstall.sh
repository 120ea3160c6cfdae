#!/bin/sh
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# After an installation the service is not started: it needs the brokers' addresses
# first. After an upgrade it is restarted with the new binary, if it ran.
set -e
[ -d "$DPKG_ROOT/run/systemd/system" ] || exit 0
systemctl daemon-reload
systemctl try-restart otelcol-kafkalag.service
