// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package jars keeps Apache Kafka's own jars in a cache folder, filled by Maven.
package jars

import (
	"fmt"
	"maps"
	"slices"
)

// Release is one version of Apache Kafka that tests run against.
type Release struct {
	Version string
	// ZooKeeper says that the brokers need a ZooKeeper; else they are KRaft's.
	ZooKeeper bool
	// GroupCommand is the Java class of kafka-consumer-groups.sh.
	GroupCommand string
	// AllGroups says that GroupCommand knows --all-groups.
	AllGroups bool
	// StreamsGroups says that applications of Kafka Streams can have groups of their
	// own protocol.
	StreamsGroups bool
	// artifacts are Maven coordinates, group:artifact:version.
	artifacts []string
}

const (
	toolsGroupCommand = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
	coreGroupCommand  = "kafka.admin.ConsumerGroupCommand"

	simpleLogger = "org.slf4j:slf4j-simple:1.7.36"
	// jaxb left the JDK with Java 11; brokers before 1.0 need it.
	jaxb = "javax.xml.bind:jaxb-api:2.3.1"
)

var releases = map[string]Release{
	"4.4.0": withStreamsGroups(kraft("4.4.0")),
	"4.3.1": withStreamsGroups(kraft("4.3.1")),
	"4.2.0": withStreamsGroups(kraft("4.2.0")),
	"3.9.1": kraft("3.9.1"),
	"2.8.2": {
		Version: "2.8.2", ZooKeeper: true, GroupCommand: coreGroupCommand, AllGroups: true,
		artifacts: []string{"org.apache.kafka:kafka_2.13:2.8.2", simpleLogger},
	},
	"0.11.0.3": ancient("0.11.0.3"),
	"0.10.2.2": ancient("0.10.2.2"),
}

// Streams is the library of Kafka Streams, with which applications are written, as a
// release of its own: its jars are not among those of the brokers.
func (r Release) Streams() Release {
	return Release{
		Version:   r.Version + "-streams",
		artifacts: []string{"org.apache.kafka:kafka-streams:" + r.Version, simpleLogger},
	}
}

func kraft(version string) Release {
	return Release{
		Version: version, GroupCommand: toolsGroupCommand, AllGroups: true,
		artifacts: []string{
			"org.apache.kafka:kafka_2.13:" + version,
			"org.apache.kafka:kafka-tools:" + version,
			simpleLogger,
		},
	}
}

func withStreamsGroups(r Release) Release {
	r.StreamsGroups = true
	return r
}

func ancient(version string) Release {
	return Release{
		Version: version, ZooKeeper: true, GroupCommand: coreGroupCommand,
		artifacts: []string{"org.apache.kafka:kafka_2.12:" + version, jaxb},
	}
}

// Versions lists the releases there are, sorted.
func Versions() []string { return slices.Sorted(maps.Keys(releases)) }

// Lookup finds a release by its version.
func Lookup(version string) (Release, error) {
	r, ok := releases[version]
	if !ok {
		return Release{}, fmt.Errorf("kafka %s: not one of %v", version, Versions())
	}
	return r, nil
}
