// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A variable whose name the config does not have would have no effect: nothing
// else says.
func TestSettingsAreOfTheConfig(t *testing.T) {
	config := string(read(t, repository("config", "default.yaml")))
	set := regexp.MustCompile(`(?m)^#?\s*(KAFKA[A-Z_]*)[=:]`) // those in comments too
	for _, file := range []string{
		"systemd/otelcol-kafkalag.env", "kubernetes/settings.env", "kubernetes/secret.example.yaml",
	} {
		names := set.FindAllStringSubmatch(string(read(t, repository("deploy", filepath.FromSlash(file)))), -1)
		require.NotEmpty(t, names, file)
		for _, name := range names {
			assert.Contains(t, config, "${env:"+name[1]+":-", file)
		}
	}
}

// A key that the command lacks would have its default: a login over plain text.
func TestSecretIsTheSameByCommandAndInAFile(t *testing.T) {
	literals := regexp.MustCompile(`--from-literal=(\w+)=(\S+)`).
		FindAllStringSubmatch(string(read(t, repository("deploy", "README.md"))), -1)
	command := make(map[string]string)
	for _, literal := range literals {
		command[literal[1]] = literal[2]
	}
	assert.Equal(t, manifests{}.secret(t).StringData, command)
}
