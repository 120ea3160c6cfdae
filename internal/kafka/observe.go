// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import "github.com/IBM/sarama"

// observe tells of errors within an answer, each code once. What broke the
// request itself was told of when it was sent.
func (c *Client) observe(api string, errs ...error) {
	told := map[sarama.KError]bool{}
	for _, err := range errs {
		code, ok := err.(sarama.KError) //nolint:errorlint // one within a chain is of a login that was refused
		if ok && !told[code] && !unsupported(code) {
			told[code] = true
			c.obs.Failed(api, codeName(code))
		}
	}
}

// observeGroups tells of the groups of one broker that failed.
func (s *scrape) observeGroups(api string, failed []groupError) {
	errs := make([]error, len(failed))
	for i, g := range failed {
		errs[i] = g.err
	}
	s.observe(api, errs...)
}

// observePlaces tells of the partitions of one answer that failed.
func (s *scrape) observePlaces(failed []placeError) {
	errs := make([]error, len(failed))
	for i, p := range failed {
		errs[i] = p.err
	}
	s.observe(apiListOffsets, errs...)
}
