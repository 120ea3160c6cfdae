#!/bin/sh
# Copyright The kafkalagreceiver Authors
# SPDX-License-Identifier: Apache-2.0
#
# After an installation the service waits to be told where Kafka is; after an
# upgrade it goes on with the new binary, if it ran.
set -e
[ -d "$DPKG_ROOT/run/systemd/system" ] || exit 0
systemctl daemon-reload
systemctl try-restart otelcol-kafkalag.service
