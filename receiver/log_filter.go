// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import "go.uber.org/zap/zapcore"

// scrapeErrorMessage is what scraperhelper logs for every scrape that is not
// whole, at error level and with a stack trace.
const scrapeErrorMessage = "Error scraping metrics"

// filterCore is a core that drops scraperhelper's message, because [failureLog]
// says the same in fewer lines.
type filterCore struct{ zapcore.Core }

func withoutScrapeErrors(core zapcore.Core) zapcore.Core { return filterCore{core} }

// With keeps the core quiet in loggers derived from it.
func (c filterCore) With(fields []zapcore.Field) zapcore.Core {
	return filterCore{c.Core.With(fields)}
}

// Check lets every other message through.
func (c filterCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.Message == scrapeErrorMessage {
		return checked
	}
	return c.Core.Check(entry, checked)
}
