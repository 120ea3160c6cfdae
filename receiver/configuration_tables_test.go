// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

// theirs are the columns that name settings of other programs. docs/configuration.md
// has a column "key" too: TestConfigurationPage holds that one.
var theirs = map[string]bool{"flag": true, "key": true}

// others begin as a key does and are none: a file, and a setting of Kafka's brokers.
var others = map[string]bool{"metadata.yaml": true, "zookeeper.connect": true}

// Keys in the tables of the guides are keys of the configuration, or what several
// have in common.
func TestKeysInTables(t *testing.T) {
	known := knownKeys()
	seen := 0
	for _, page := range docs.All(t) {
		if !strings.HasPrefix(page.Path, "docs/") {
			continue
		}
		for _, row := range page.Rows() {
			for column, cell := range row.Cells {
				if theirs[column] {
					continue
				}
				for span, candidates := range keysIn(cell, known) {
					seen++
					assert.True(t, known[candidates[0]] || known[candidates[1]], "%s has no such key: %s", page.Path, span)
				}
			}
		}
	}
	assert.Greater(t, seen, 25)
}

// keysIn lists a cell's code that names a key: what begins with a key at the top
// and a dot, and what begins with a dot after such. That goes on from the one
// before it or stands beside it, so there are two keys that each may mean.
func keysIn(cell string, known map[string]bool) map[string][2]string {
	found := map[string][2]string{}
	before := ""
	for _, span := range docs.InCode(cell) {
		key, _, _ := strings.Cut(span, ":")
		top, below, _ := strings.Cut(key, ".")
		switch {
		case top == "" && before != "":
			found[before+" "+span] = [2]string{before + key, above(before) + key}
		case known[top] && below != "" && !others[key]:
			found[span] = [2]string{key, key}
			before = key
		default:
			before = ""
		}
	}
	return found
}

// knownKeys are all keys, those of TLS too, and all that they are below of.
func knownKeys() map[string]bool {
	known := map[string]bool{}
	for key, is := range keysOf("", reflect.ValueOf(*newConfig())) {
		for up := key; up != ""; up = above(up) {
			known[up] = true
		}
		if is.kind == typeNames[reflect.TypeFor[tlsconfig.Config]()] {
			addFields(known, key+".", reflect.TypeFor[tlsconfig.Config]())
		}
	}
	return known
}

// addFields adds the keys at the top of a configuration's type.
func addFields(known map[string]bool, prefix string, of reflect.Type) {
	for field := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		if options == "squash" {
			addFields(known, prefix, field.Type)
		} else {
			known[prefix+name] = true
		}
	}
}

// above is the key that a key is below of, or empty.
func above(key string) string { return key[:max(0, strings.LastIndexByte(key, '.'))] }
