// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// problems says what is missing of what the configuration asks for.
func problems(show printer, cfg *receiver.Config, scrape *receiver.SingleScrape, r *Result) []string {
	all := []string{}
	for i := range r.Failures {
		all = append(all, r.Failures[i].String())
	}
	if more := r.FailureCount - len(r.Failures); more > 0 {
		all = append(all, count(more, "more failure"))
	}
	if scrape.Err != nil {
		return all
	}
	if scrape.Access.NoTopicConfigs {
		all = append(all, "an ACL is missing: DescribeConfigs on topics, for kafka.consumer_group.retention_margin")
	}
	if r.Topics.Seen == 0 {
		all = append(all, show.text(noTopics(cfg, r.Topics.Filtered)))
	}
	if why := noGroups(cfg, scrape); r.Groups.Seen == 0 && why != "" {
		all = append(all, show.text(why))
	}
	return all
}

func noTopics(cfg *receiver.Config, filtered int) string {
	if filtered == 0 {
		return "the brokers name no topics: there are none, or this login may describe none"
	}
	return fmt.Sprintf("no topic passes the filters %s: %s left out", filters("topic", cfg.TopicMatch, cfg.TopicExclude), count(filtered, "topic"))
}

// noGroups says why there are no groups, "" where nobody asked or there really are none.
func noGroups(cfg *receiver.Config, scrape *receiver.SingleScrape) string {
	s := scrape.Snapshot
	switch {
	case scrape.Asked.Group == nil || s.LeftOutGroups > 0:
		return ""
	case s.FilteredGroups > 0:
		return fmt.Sprintf("no group passes the filters %s: %s left out", filters("group", cfg.GroupMatch, cfg.GroupExclude), count(s.FilteredGroups, "group"))
	case len(scrape.Asked.States)+len(scrape.Asked.Types) > 0:
		return `the brokers list no group that "group_states" and "group_types" allow`
	case describesCluster(scrape):
		return ""
	}
	return "the brokers list no groups: there are none, or this login may describe none"
}

// filters quotes the keys of filters with what they were given.
func filters(of, match, exclude string) string {
	text := fmt.Sprintf("%q %q", of+"_match", match)
	if exclude != "" {
		text += fmt.Sprintf(" and %q %q", of+"_exclude", exclude)
	}
	return text
}

// brokersOf describes the first brokers.
func brokersOf(show printer, states []snapshot.BrokerState) []Broker {
	brokers := make([]Broker, min(len(states), maxListed))
	for i := range brokers {
		s := states[i]
		brokers[i] = Broker{ID: s.ID, Address: show.text(s.Address), Answered: s.Answered && s.Failure == nil, Version: s.Version}
		if f := s.Failure; f != nil {
			brokers[i].ErrorCode, brokers[i].LikelyCause, brokers[i].Error = f.Code, show.text(f.Cause), show.failure(*f)
		}
	}
	return brokers
}
