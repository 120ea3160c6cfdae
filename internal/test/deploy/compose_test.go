// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// compose is what `docker compose` makes of the file, with all profiles: a key
// that Compose does not have is an error.
func compose(t *testing.T, env ...string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{repository("deploy", "compose", "compose.yaml")},
		cli.WithEnv(env), cli.WithProfiles([]string{"*"}), cli.WithResolvedPaths(true))
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	return project
}

func environmentOf(service types.ServiceConfig) []string {
	var env []string
	for name, value := range service.Environment {
		if value != nil {
			env = append(env, name+"="+*value)
		}
	}
	return env
}

// What is mounted and built from is there, and only this machine reaches what
// asks for no password.
func TestComposeFilesAreThere(t *testing.T) {
	for _, service := range compose(t).Services {
		for _, volume := range service.Volumes {
			assert.FileExists(t, volume.Source, service.Name)
			assert.True(t, volume.ReadOnly, "%s: %s", service.Name, volume.Source)
		}
		if service.Build != nil {
			assert.FileExists(t, filepath.Join(service.Build.Context, service.Build.Dockerfile))
		}
		for _, port := range service.Ports {
			assert.Equal(t, "127.0.0.1", port.HostIP, "%s: %s", service.Name, port.Published)
		}
	}
}

// The collector is run as elsewhere: with the same limits, and nothing that it
// could write to or gain rights by.
func TestComposeRunsTheSameCollector(t *testing.T) {
	service, err := compose(t).GetService("otelcol-kafkalag")
	require.NoError(t, err)
	assert.Equal(t, fourFifths(int64(service.MemLimit)), *service.Environment["GOMEMLIMIT"])
	assert.Equal(t, memoryLimit(kustomize(t).container(t).Env), *service.Environment["GOMEMLIMIT"])
	assert.True(t, service.ReadOnly)
	assert.Equal(t, []string{"ALL"}, service.CapDrop)
	assert.Equal(t, []string{"no-new-privileges:true"}, service.SecurityOpt)
	config := string(read(t, repository("config", "default.yaml")))
	for name := range service.Environment {
		if name != "GOMEMLIMIT" {
			assert.Contains(t, config, "${env:"+name+":-")
		}
	}
}

// Prometheus asks both ports of the collector, and Grafana asks Prometheus.
func TestComposeServicesFindEachOther(t *testing.T) {
	listening := make(map[string]bool)
	for _, service := range compose(t).Services {
		for _, port := range service.Ports {
			listening[fmt.Sprintf("%s:%d", service.Name, port.Target)] = true
		}
	}
	var prometheus struct {
		RuleFiles     []string `json:"rule_files"`
		ScrapeConfigs []struct {
			JobName        string `json:"job_name"`
			ScrapeInterval string `json:"scrape_interval"`
			StaticConfigs  []struct {
				Targets []string `json:"targets"`
			} `json:"static_configs"`
		} `json:"scrape_configs"`
	}
	require.NoError(t, yaml.UnmarshalStrict(read(t, repository("deploy", "compose", "prometheus.yml")), &prometheus))
	assert.Len(t, prometheus.ScrapeConfigs, 2)
	for _, job := range prometheus.ScrapeConfigs {
		for _, target := range job.StaticConfigs[0].Targets {
			assert.Contains(t, target, "otelcol-kafkalag:")
			assert.True(t, listening[target], target)
		}
	}

	var sources struct {
		Datasources []struct{ URL string }
	}
	require.NoError(t, yaml.Unmarshal(read(t, repository("deploy", "compose", "grafana", "datasources.yaml")), &sources))
	require.Len(t, sources.Datasources, 1)
	assert.True(t, listening[strings.TrimPrefix(sources.Datasources[0].URL, "http://")])

	// What the files name is where the volumes put it.
	mounted := make(map[string]bool)
	for _, service := range compose(t).Services {
		for _, volume := range service.Volumes {
			mounted[volume.Target] = true
		}
	}
	for _, rules := range prometheus.RuleFiles {
		assert.True(t, mounted["/etc/prometheus/"+rules], rules)
	}
	var dashboards struct {
		Providers []struct{ Options struct{ Path string } }
	}
	require.NoError(t, yaml.Unmarshal(read(t, repository("deploy", "compose", "grafana", "dashboards.yaml")), &dashboards))
	require.Len(t, dashboards.Providers, 1)
	home := compose(t).Services["grafana"].Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	assert.True(t, mounted[*home], *home)
	assert.Equal(t, dashboards.Providers[0].Options.Path, filepath.ToSlash(filepath.Dir(*home)))
}

func TestE2EComposeConfigIsValid(t *testing.T) {
	config := repository("config", "default.yaml")
	for name, env := range map[string][]string{
		"defaults": nil,
		"login": {
			"KAFKA_BROKERS=one:9092,two:9092", "KAFKA_SASL_MECHANISM=SCRAM-SHA-512", "KAFKA_USERNAME=monitor", "KAFKA_PASSWORD=0123",
			"KAFKA_TLS_INSECURE=false",
		},
	} {
		t.Run(name, func(t *testing.T) {
			service := compose(t, env...).Services["otelcol-kafkalag"]
			validate(t, environmentOf(service), "--config", config)
		})
	}
}
