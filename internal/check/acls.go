// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// unknownPrincipal stands where brokers alone know what they call this login: its name
// is in a certificate or a token.
const unknownPrincipal = "User:PRINCIPAL"

// aclCommands returns the commands that add what is not known to be there, one for each
// operation.
func aclCommands(show printer, cfg *receiver.Config, rights []Right) []string {
	commands := []string{}
	for _, operation := range []string{describe, describeConfigs} {
		var on []string
		for _, resource := range []string{onCluster, onTopics, onGroups} {
			if slices.ContainsFunc(rights, func(r Right) bool {
				return r.Operation == operation && r.Resource == resource && r.mayLack()
			}) {
				on = append(on, resourceOption(resource))
			}
		}
		if len(on) > 0 {
			commands = append(commands, strings.Join(append([]string{
				"kafka-acls.sh --bootstrap-server", quote(show.text(cfg.Brokers[0])), "--command-config admin.properties --add --allow-principal",
				quote(show.text(principal(cfg))), "--operation", operation,
			}, on...), " "))
		}
	}
	return commands
}

// mayLack reports whether the right is missing, or would be if there were something to
// see: what a login may not describe looks like what does not exist.
func (r Right) mayLack() bool {
	return r.State == StateMissing || r.State == StateLimited || r.hidden
}

// resourceOption is what kafka-acls.sh calls all of a resource.
func resourceOption(resource string) string {
	if resource == onCluster {
		return "--cluster"
	}
	return "--" + resource + " '*'"
}

// principal is what brokers call this login by default.
func principal(cfg *receiver.Config) string {
	current, _ := cfg.Current()
	mechanism, user := current.Auth.Name()
	switch {
	case current.Auth.Kerberos != nil: // brokers take the first part of a name by default
		user, _, _ = strings.Cut(user, "/")
		return "User:" + user
	case user != "":
		return "User:" + user
	case mechanism == "" && (current.TLS == nil || current.TLS.CertFile+string(current.TLS.CertPem) == ""):
		return "User:ANONYMOUS"
	}
	return unknownPrincipal
}

// quote writes a word as a shell takes it for one.
func quote(word string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:._-@/"
	if strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// resourceNames is what problems call a resource.
var resourceNames = map[string]string{onCluster: "the cluster", onTopics: "topics", onGroups: "groups"}

func (r Right) String() string {
	return r.Operation + " on " + cmp.Or(resourceNames[r.Resource], r.Resource)
}
