// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// kafkaUser is as much of Strimzi's resource as the example uses: a field that is
// not here is an error in the example, or is to be looked up and added.
type kafkaUser struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Authentication struct {
			Type string `json:"type"`
		} `json:"authentication"`
		Authorization struct {
			Type string `json:"type"`
			ACLs []struct {
				Resource struct {
					Type        string `json:"type"`
					Name        string `json:"name"`
					PatternType string `json:"patternType"`
				} `json:"resource"`
				Operations []string `json:"operations"`
			} `json:"acls"`
		} `json:"authorization"`
	} `json:"spec"`
}

// The user may read what docs/acls.md lists, and change nothing.
func TestStrimziUserMayOnlyDescribe(t *testing.T) {
	var user kafkaUser
	require.NoError(t, yaml.UnmarshalStrict(read(t, repository("deploy", "strimzi", "kafkauser.yaml")), &user))
	assert.Equal(t, "kafka.strimzi.io/v1 KafkaUser", user.APIVersion+" "+user.Kind)
	assert.Contains(t, user.Metadata.Labels, "strimzi.io/cluster")
	rights := make(map[string][]string)
	for _, acl := range user.Spec.Authorization.ACLs {
		rights[acl.Resource.Type+acl.Resource.Name] = acl.Operations
	}
	assert.Equal(t, map[string][]string{
		"cluster": {"Describe"}, "topic*": {"Describe", "DescribeConfigs"}, "group*": {"Describe"},
	}, rights)
}

// A service's config is the default one with another receiver: what is said of
// the one holds for the others.
func TestServiceConfigsDifferInTheReceiverAlone(t *testing.T) {
	_, rest, found := strings.Cut(string(read(t, repository("config", "default.yaml"))), "\nprocessors:")
	require.True(t, found)
	files := serviceConfigs(t)
	page := string(read(t, repository("docs", "services.md")))
	for _, file := range files {
		_, own, _ := strings.Cut(string(read(t, file)), "\nprocessors:")
		assert.Equal(t, rest, own, file)
		assert.Contains(t, page, "(../config/services/"+filepath.Base(file)+")")
	}
}

func serviceConfigs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(repository("config", "services", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// The collector takes each of them with what it needs from the environment, and
// refuses it without.
func TestE2EServiceConfigsAreValid(t *testing.T) {
	cert, key := certificate(t)
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	require.NoError(t, os.WriteFile(certFile, []byte(cert), 0o600))
	require.NoError(t, os.WriteFile(keyFile, []byte(key), 0o600))
	env := []string{
		"KAFKA_BROKERS=one:9093,two:9093", "KAFKA_USERNAME=monitor", "KAFKA_PASSWORD=0123", "KAFKA_CA_FILE=" + certFile,
		"KAFKA_CERT_FILE=" + certFile, "KAFKA_KEY_FILE=" + keyFile, "AWS_REGION=eu-west-1",
		"CONFLUENT_API_KEY=key", "CONFLUENT_API_SECRET=secret",
		"EVENT_HUBS_NAMESPACE=orders", "EVENT_HUBS_CONNECTION_STRING=Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b=",
	}
	for _, file := range serviceConfigs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			validate(t, env, "--config", file)
			out, err := verdict(t, nil, "--config", file)
			require.Error(t, err)
			assert.Contains(t, out, "receivers::kafkalag")
		})
	}
}
