// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"os"
	"path/filepath"
)

// log4j is the logger of the oldest releases; slf4j-simple, that of the
// others, writes to stderr by itself.
const log4j = `log4j.rootLogger=INFO, stderr
log4j.appender.stderr=org.apache.log4j.ConsoleAppender
log4j.appender.stderr.target=System.err
log4j.appender.stderr.layout=org.apache.log4j.PatternLayout
log4j.appender.stderr.layout.ConversionPattern=%d %p %c %m%n
`

func writeLoggerConfig(dir string) error {
	return os.WriteFile(loggerConfig(dir), []byte(log4j), 0o600)
}

func loggers(dir string) []string {
	return []string{
		"-Dlog4j.configuration=file:" + loggerConfig(dir),
		"-Dorg.slf4j.simpleLogger.showDateTime=true",
		"-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
	}
}

func loggerConfig(dir string) string { return filepath.Join(dir, "log4j.properties") }
