// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import "go.uber.org/zap/zapcore"

// scrapeErrorMessage is what scraperhelper logs for every scrape that is not
// whole, at error level and with a stack trace.
const scrapeErrorMessage = "Error scraping metrics"

// filterCore drops scraperhelper's message, because [Log] reports the same in fewer
// lines.
type filterCore struct{ zapcore.Core }

// WithoutScrapeErrors returns a core that drops what scraperhelper logs about a scrape
// that failed or is partial.
func WithoutScrapeErrors(core zapcore.Core) zapcore.Core { return filterCore{core} }

// With keeps the filter in derived loggers.
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
