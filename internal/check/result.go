// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

// maxListed is how many brokers, names or failures are listed. Their numbers are those
// of all.
const maxListed = 100

// Report is what was found: the output of -o json.
type Report struct {
	// OK says that nothing is missing: the exit code is 0.
	OK bool `json:"ok"`
	// Errors says why nothing was tried, or not with some receiver: the exit code is 2.
	Errors []string `json:"errors"`
	// Receivers has one result for each receiver that was tried, sorted by name.
	Receivers []Result `json:"receivers"`
}

// Result is what one scrape of a receiver's configuration came to.
type Result struct {
	// Receiver is its name in the configuration, "kafkalag" or "kafkalag/NAME".
	Receiver string `json:"receiver"`
	// Problems says what is missing, in words. Without any, all is well.
	Problems []string `json:"problems"`
	// Notes says what is not missing, but worth knowing.
	Notes     []string `json:"notes"`
	ClusterID string   `json:"cluster_id"`
	Login     Login    `json:"login"`
	// Brokers are those that the cluster names, by id.
	Brokers     []Broker `json:"brokers"`
	BrokerCount int      `json:"broker_count"`
	// Rights are what the configuration needs, empty where nothing was learned.
	Rights []Right `json:"rights"`
	// ACLCommands would add the rights that are not there.
	ACLCommands []string `json:"acl_commands"`
	Topics      Names    `json:"topics"`
	Groups      Names    `json:"groups"`
	Series      Series   `json:"series"`
	// ScrapeSeconds is how long the scrape took, with connecting.
	ScrapeSeconds float64   `json:"scrape_seconds"`
	Failures      []Failure `json:"failures"`
	FailureCount  int       `json:"failure_count"`
}

// Login is how connections are made.
type Login struct {
	// Mechanism is SASL's, empty without a login. User is empty where a token or a
	// certificate has the name.
	Mechanism string `json:"mechanism"`
	User      string `json:"user"`
	TLS       bool   `json:"tls"`
}

// Broker is one broker.
type Broker struct {
	ID      int32  `json:"id"`
	Address string `json:"address"`
	// Answered is false where LikelyCause and Error say why, or where nothing was asked.
	Answered bool `json:"answered"`
	// Version is Kafka's, guessed by what the broker offers; empty where it fits none.
	Version     string `json:"version"`
	ErrorCode   string `json:"error_code"`
	LikelyCause string `json:"likely_cause"`
	Error       string `json:"error"`
}

// Right is an ACL that a part of the configuration needs.
type Right struct {
	For       string `json:"for"`
	Operation string `json:"operation"`
	Resource  string `json:"resource"`
	// State is one of the States.
	State string `json:"state"`

	hidden bool // what it is for may be there, and may not be seen
}

// States of rights.
const (
	// StatePresent was used.
	StatePresent = "present"
	// StateMissing was refused.
	StateMissing = "missing"
	// StateLimited is missing, and what it is for goes on in part.
	StateLimited = "limited"
	// StateUnknown was neither used nor refused.
	StateUnknown = "unknown"
	// StateUnsupported is for what this Kafka does not offer.
	StateUnsupported = "unsupported"
	// StateOff is for what the configuration does not ask for.
	StateOff = "off"
)

// Names counts topics or groups, and names the first.
type Names struct {
	Seen     int `json:"seen"`
	Filtered int `json:"filtered"`
	// LeftOut counts the groups beyond max_groups.
	LeftOut int      `json:"left_out"`
	First   []string `json:"first"`
}

// Series is how many series come of it.
type Series struct {
	// Now is what the scrape gave, Total has what later scrapes and the search for
	// time lag can add.
	Now   int `json:"now"`
	Total int `json:"total"`
	// LeftOut is what max_group_partitions leaves out.
	LeftOut int `json:"left_out"`
	// ByMetric is sorted, the largest first.
	ByMetric []MetricSeries `json:"by_metric"`
}

// MetricSeries is the series of one metric.
type MetricSeries struct {
	Metric string `json:"metric"`
	Now    int    `json:"now"`
	Total  int    `json:"total"`
}

// Failure is requests that were not answered, or not in full, for one reason.
type Failure struct {
	APIs      []string `json:"apis"`
	Addresses []string `json:"addresses"`
	// AddressCount is the number of all that it happened at.
	AddressCount      int    `json:"address_count"`
	ErrorCode         string `json:"error_code"`
	LikelyCause       string `json:"likely_cause"`
	GroupsMissing     int    `json:"groups_missing"`
	PartitionsMissing int    `json:"partitions_missing"`
	// Error is the first one.
	Error string `json:"error"`
}
