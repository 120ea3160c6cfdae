// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

const mounted = "/etc/otelcol-kafkalag"

// mergeValues is each of these on top of those before.
func mergeValues(all ...values) values {
	merged := values{}
	for _, one := range all {
		for key, value := range one {
			below, isMap := merged[key].(values)
			above, areMaps := value.(values)
			if isMap && areMaps {
				value = mergeValues(below, above)
			}
			merged[key] = value
		}
	}
	return merged
}

// environment is the container's, with any password in the place of those of
// Secrets that are not the chart's.
func (r release) environment(t *testing.T) []string {
	t.Helper()
	var env []string
	container := r.container(t)
	for name, value := range r.configMaps[container.EnvFrom[0].ConfigMapRef.Name].Data {
		env = append(env, name+"="+value)
	}
	for _, one := range container.Env {
		value := one.Value
		if one.ValueFrom != nil {
			value = "a-secret"
		}
		if one.ValueFrom != nil && r.secret != nil {
			value = r.secret.StringData[one.ValueFrom.SecretKeyRef.Key]
		}
		env = append(env, one.Name+"="+value)
	}
	return env
}

// unpack writes what the container mounts into a folder, with a certificate and
// its key in the place of files of Secrets that are not the chart's.
func (r release) unpack(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	cert, key := certificate(t)
	volumes := make(map[string]corev1.Volume)
	for _, volume := range r.deployment.Spec.Template.Spec.Volumes {
		volumes[volume.Name] = volume
	}
	for _, mount := range r.container(t).VolumeMounts {
		files := make(map[string]string)
		if secret := volumes[mount.Name].Secret; secret != nil {
			for _, item := range secret.Items {
				files[item.Path] = cert
				if strings.Contains(item.Key, "key") {
					files[item.Path] = key
				}
			}
		}
		if configMap := volumes[mount.Name].ConfigMap; configMap != nil {
			files = r.configMaps[configMap.Name].Data
		}
		for name, text := range files {
			file := filepath.Join(folder, strings.TrimPrefix(mount.MountPath, mounted), name)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(text, mounted, folder)), 0o600))
		}
	}
	return folder
}

// certificate is one that signed itself, and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
}

// The built collector takes what the pod gives it: each preset, without login
// and with all there is, and each example of the pages.
func TestE2EHelmConfigsAreValid(t *testing.T) {
	all := examples(t)
	for _, preset := range presets(t) {
		config := values{"config": values{"preset": preset}}
		all[preset] = config
		all[preset+" with everything"] = mergeValues(everything(), config)
	}
	for name, given := range all {
		t.Run(name, func(t *testing.T) {
			found := install(t, given)
			folder := found.unpack(t)
			env := found.environment(t)
			for i := range env {
				env[i] = strings.ReplaceAll(env[i], mounted, folder)
			}
			var args []string
			for _, arg := range found.container(t).Args {
				args = append(args, strings.ReplaceAll(arg, mounted, folder))
			}
			validate(t, env, args...)
		})
	}
}

// A preset without a page has no port for one, and nothing that asks for it.
func TestHelmPortsAreThePresets(t *testing.T) {
	for preset, want := range map[string]map[string]int32{
		"default":            {"metrics": 9308, "self": 8888},
		"kafka-exporter":     {"metrics": 9308, "self": 8888},
		"kafka-lag-exporter": {"metrics": 8000, "self": 8888},
		"otlp":               {"self": 8888},
		"otlp-prometheus":    {"self": 8888},
		"remote-write":       {"self": 8888},
	} {
		found := install(t, mergeValues(everything(), values{"config": values{"preset": preset}}))
		ports := make(map[string]int32)
		for _, port := range found.service.Spec.Ports {
			ports[port.Name] = port.Port
		}
		assert.Equal(t, want, ports, preset)
		assert.Len(t, found.serviceMonitor.Spec.Endpoints, len(want), preset)
		assert.Len(t, found.networkPolicy.Spec.Ingress[0].Ports, len(want), preset)

		annotated := install(t, values{"config": values{"preset": preset}}).deployment.Spec.Template.Annotations
		_, discovered := annotated["prometheus.io/port"]
		assert.Equal(t, want["metrics"] != 0, discovered, preset)
	}
	annotations := install(t, everything()).deployment.Spec.Template.Annotations
	assert.NotContains(t, annotations, "prometheus.io/port", "a ServiceMonitor asks already")
}

// Overrides may move the page, or add one to a preset that has none, or leave
// it out of the pipeline.
func TestHelmPortIsTheOverrides(t *testing.T) {
	page := func(endpoint string) values {
		return values{"exporters": values{"prometheus_page": values{"endpoint": endpoint}}}
	}
	pipeline := func(exporter string) values {
		return values{"service": values{"pipelines": values{"metrics": values{"exporters": []any{exporter}}}}}
	}
	for name, one := range map[string]struct {
		preset    string
		overrides values
		want      int32
	}{
		"moved":      {"default", page("0.0.0.0:9400"), 9400},
		"added":      {"otlp", mergeValues(page("${env:KAFKALAG_LISTEN:-localhost}:9400"), pipeline("prometheus_page")), 9400},
		"not in use": {"default", pipeline("debug"), 0},
	} {
		given := mergeValues(everything(), values{"config": values{"preset": one.preset, "overrides": one.overrides}})
		found := install(t, given)
		ports := make(map[string]int32)
		for _, port := range found.container(t).Ports {
			ports[port.Name] = port.ContainerPort
		}
		assert.Equal(t, one.want, ports["metrics"], name)
		assert.Equal(t, one.want != 0, found.service.Spec.Ports[0].Name == "metrics", name)
	}
}

// The collector expands variables in what it is given, and Kubernetes those of
// a container's: neither may happen to a name or a password.
func TestHelmTakesDollarsLiterally(t *testing.T) {
	found := install(t, values{"kafka": values{"auth": values{
		"mechanism": "PLAIN", "username": "$ConnectionString", "password": "a$b${env:HOME}",
	}}})
	assert.Equal(t, "$$ConnectionString", found.configMaps["lag-kafkalag-settings"].Data["KAFKA_USERNAME"])
	assert.Equal(t, "a$$b$${env:HOME}", found.secret.StringData["KAFKA_PASSWORD"])
}

// What is merged over the preset is the chart's, and the user's over that.
func TestHelmOverrides(t *testing.T) {
	overrides := func(given values) (found values) {
		text := install(t, given).configMaps["lag-kafkalag-config"].Data["overrides.yaml"]
		require.NoError(t, yaml.UnmarshalStrict([]byte(text), &found))
		return found
	}
	tls := values{"cert_file": mounted + "/client/tls.crt", "key_file": mounted + "/client/tls.key"}
	assert.Equal(t, values{"receivers": values{"kafkalag": values{
		"cluster_alias": "orders", "topic_match": "^orders", "tls": tls,
	}}}, overrides(everything()))

	alias := values{"receivers": values{"kafkalag": values{"cluster_alias": "mine"}}}
	assert.Equal(t, alias, overrides(values{
		"kafka": values{"clusterAlias": "a$b"}, "config": values{"overrides": alias},
	}))
	alias["receivers"].(values)["kafkalag"].(values)["cluster_alias"] = "a$$b"
	assert.Equal(t, alias, overrides(values{"kafka": values{"clusterAlias": "a$b"}}))
	assert.Empty(t, overrides(values{}))
}

// What the chart sets, a config reads: a name that it does not have would have
// no effect.
func TestHelmSettingsAreOfTheConfigs(t *testing.T) {
	for _, preset := range presets(t) {
		found := install(t, mergeValues(everything(), values{"config": values{"preset": preset}}))
		config := string(read(t, repository("config", preset+".yaml")))
		for _, set := range found.environment(t) {
			name, _, _ := strings.Cut(set, "=")
			if strings.HasPrefix(name, "KAFKA") {
				assert.Contains(t, config, "${env:"+name+":-", preset)
			}
		}
	}
	for example, given := range examples(t) {
		settings, _ := given["settings"].(values)
		config := string(read(t, repository("config", preset(given)+".yaml")))
		for name := range settings {
			assert.Contains(t, config, "${env:"+name+":-", example)
		}
	}
}

func preset(given values) string {
	config, _ := given["config"].(values)
	name, ok := config["preset"].(string)
	if !ok {
		return "default"
	}
	return name
}

// Another user name, another Secret, another key in it.
func TestHelmLogsInBySecret(t *testing.T) {
	auth := values{"mechanism": "SCRAM-SHA-512", "existingSecret": "monitor", "passwordKey": "password"}
	env := install(t, values{"kafka": values{"auth": auth}}).container(t).Env
	reference := make(map[string]string)
	for _, one := range env {
		if one.ValueFrom != nil {
			reference[one.Name] = one.ValueFrom.SecretKeyRef.Name + "/" + one.ValueFrom.SecretKeyRef.Key
		}
	}
	assert.Equal(t, map[string]string{"KAFKA_USERNAME": "monitor/KAFKA_USERNAME", "KAFKA_PASSWORD": "monitor/password"}, reference)

	auth["username"] = "monitor"
	found := install(t, values{"kafka": values{"auth": auth}})
	assert.Nil(t, found.secret)
	assert.Equal(t, "monitor", found.configMaps["lag-kafkalag-settings"].Data["KAFKA_USERNAME"])
	for _, one := range found.container(t).Env {
		assert.NotEqual(t, "KAFKA_USERNAME", one.Name)
	}
}

// The rules and the dashboard arrive as they are, {{ $labels }} and all.
func TestHelmBringsRulesAndDashboard(t *testing.T) {
	found := install(t, everything())
	var rules monitoringv1.PrometheusRuleSpec
	require.NoError(t, yaml.UnmarshalStrict(read(t, repository("observability", "prometheus", "kafkalag.rules.yaml")), &rules))
	assert.Equal(t, rules, found.rule.Spec)

	dashboard := found.configMaps["lag-kafkalag-dashboard"]
	assert.JSONEq(t, string(read(t, repository("observability", "grafana", "kafkalag.json"))), dashboard.Data["kafkalag.json"])
	assert.Equal(t, "1", dashboard.Labels["grafana_dashboard"])
}

// The notes tell the user to check the configs that the collector runs with.
func TestHelmNotesNameTheConfigs(t *testing.T) {
	for _, given := range []values{nil, everything()} {
		found, configs := install(t, given), ""
		for _, arg := range found.container(t).Args {
			configs += " " + strings.TrimPrefix(arg, "--config=")
		}
		assert.Contains(t, found.notes, "exec deploy/"+found.deployment.Name+" -- kafkalag-check"+configs+"\n")
	}
}

// Names are as long as Kubernetes allows, and the chart's is not repeated in one
// that has it.
func TestHelmNames(t *testing.T) {
	assert.Equal(t, "lag-kafkalag", install(t, values{}).deployment.Name)
	assert.Equal(t, "lag", install(t, values{"nameOverride": "lag"}).deployment.Name)
	long := install(t, mergeValues(everything(), values{"fullnameOverride": strings.Repeat("a", 80)}))
	assert.LessOrEqual(t, len(long.secret.Name), 63)
}
