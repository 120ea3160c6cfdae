// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"path"
	"reflect"
	"regexp"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/strvals"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// values are what a user gives Helm beside the chart's own.
type values = map[string]any

var chartFolder = repository("deploy", "helm", "kafkalag")

// release is what Helm sends to Kubernetes, each decoded into its own type: a
// field that it lacks is an error. What was not asked for is nil.
type release struct {
	deployment     *appsv1.Deployment
	service        *corev1.Service
	serviceAccount *corev1.ServiceAccount
	secret         *corev1.Secret
	configMaps     map[string]corev1.ConfigMap
	serviceMonitor *monitoringv1.ServiceMonitor
	rule           *monitoringv1.PrometheusRule
	networkPolicy  *networkingv1.NetworkPolicy
	budget         *policyv1.PodDisruptionBudget
	notes          string
}

func loadChart(t *testing.T) *chartv2.Chart {
	t.Helper()
	chart, err := loader.LoadDir(chartFolder)
	require.NoError(t, err)
	return chart
}

// render is what `helm template lag deploy/helm/kafkalag` prints, file by file.
func render(t *testing.T, given values) (map[string]string, error) {
	t.Helper()
	return renderAs(t, "lag", given)
}

func renderAs(t *testing.T, name string, given values) (map[string]string, error) {
	t.Helper()
	chart := loadChart(t)
	as := common.ReleaseOptions{Name: name, Namespace: "kafka", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(chart, given, as, nil)
	if err != nil {
		return nil, err
	}
	return engine.Engine{Strict: true}.RenderWithContext(t.Context(), chart, all)
}

func install(t *testing.T, given values) release {
	t.Helper()
	return installAs(t, "lag", given)
}

func installAs(t *testing.T, name string, given values) release {
	t.Helper()
	rendered, err := renderAs(t, name, given)
	require.NoError(t, err)
	found := release{configMaps: make(map[string]corev1.ConfigMap)}
	for file, text := range rendered {
		switch {
		case path.Base(file) == "NOTES.txt":
			found.notes = text
		case strings.TrimSpace(text) != "":
			found.add(t, file, []byte(text))
		}
	}
	return found
}

func (r *release) add(t *testing.T, file string, text []byte) {
	t.Helper()
	var kind metav1.TypeMeta
	require.NoError(t, yaml.Unmarshal(text, &kind), file)
	switch kind.GroupVersionKind().String() {
	case "apps/v1, Kind=Deployment":
		decode(t, file, text, &r.deployment)
	case "/v1, Kind=Service":
		decode(t, file, text, &r.service)
	case "/v1, Kind=ServiceAccount":
		decode(t, file, text, &r.serviceAccount)
	case "/v1, Kind=Secret":
		decode(t, file, text, &r.secret)
	case "/v1, Kind=ConfigMap":
		var configMap *corev1.ConfigMap
		decode(t, file, text, &configMap)
		r.configMaps[configMap.Name] = *configMap
	case "monitoring.coreos.com/v1, Kind=ServiceMonitor":
		decode(t, file, text, &r.serviceMonitor)
	case "monitoring.coreos.com/v1, Kind=PrometheusRule":
		decode(t, file, text, &r.rule)
	case "networking.k8s.io/v1, Kind=NetworkPolicy":
		decode(t, file, text, &r.networkPolicy)
	case "policy/v1, Kind=PodDisruptionBudget":
		decode(t, file, text, &r.budget)
	default:
		t.Fatalf("%s: nothing is known of a %s", file, kind.GroupVersionKind())
	}
}

func decode[T any](t *testing.T, file string, text []byte, into **T) {
	t.Helper()
	require.NoError(t, yaml.UnmarshalStrict(text, into), "%s:\n%s", file, text)
}

func (r release) container(t *testing.T) corev1.Container {
	t.Helper()
	require.Len(t, r.deployment.Spec.Template.Spec.Containers, 1)
	return r.deployment.Spec.Template.Spec.Containers[0]
}

// everything turns on all that is off.
func everything() values {
	return values{
		"replicas":         2,
		"coordination":     values{"groupID": "kafkalag"},
		"imagePullSecrets": []any{values{"name": "registry"}},
		"kafka": values{
			"clusterAlias": "orders",
			"auth":         values{"mechanism": "SCRAM-SHA-512", "username": "monitor", "password": "pa$$word"},
			"tls": values{
				"enabled": true,
				"ca":      values{"secret": "kafka-ca"},
				"client":  values{"secret": "kafka-client"},
			},
		},
		"config":              values{"overrides": values{"receivers": values{"kafkalag": values{"topic_match": "^orders"}}}},
		"service":             values{"annotations": values{"a": "b"}, "labels": values{"c": "d"}},
		"serviceMonitor":      values{"enabled": true, "labels": values{"release": "prometheus"}, "scrapeTimeout": "10s"},
		"prometheusRule":      values{"enabled": true, "labels": values{"release": "prometheus"}},
		"dashboard":           values{"enabled": true, "annotations": values{"grafana_folder": "Kafka"}},
		"networkPolicy":       values{"enabled": true, "from": []any{values{"podSelector": values{}}}, "egress": []any{values{"ports": []any{values{"port": 9092}}}}},
		"podDisruptionBudget": values{"enabled": true},
		"serviceAccount":      values{"create": true, "annotations": values{"e": "f"}},
		"podAnnotations":      values{"g": "h"},
		"podLabels":           values{"i": "j"},
		"nodeSelector":        values{"kubernetes.io/os": "linux"},
		"tolerations":         []any{values{"operator": "Exists"}},
		"affinity":            values{"nodeAffinity": values{}},
		"priorityClassName":   "high",
		"extraEnv":            []any{values{"name": "AWS_REGION", "value": "eu-west-1"}},
		"extraVolumes":        []any{values{"name": "more", "emptyDir": values{}}},
		"extraVolumeMounts":   []any{values{"name": "more", "mountPath": "/more"}},
	}
}

var (
	yamlBlock   = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	helmCommand = regexp.MustCompile(`(?m)^\$ helm ((?:.*\\\n)*.*)$`)
	setValue    = regexp.MustCompile(`--set '?([^\s']+)'?`)
)

// examples are the values that pages show, by what shows them: in the chart's
// README in blocks, anywhere on the command line.
func examples(t *testing.T) map[string]values {
	t.Helper()
	found := make(map[string]values)
	const readme = "deploy/helm/kafkalag/README.md"
	for _, block := range yamlBlock.FindAllStringSubmatch(string(read(t, repository(readme))), -1) {
		var given values
		require.NoError(t, yaml.UnmarshalStrict([]byte(block[1]), &given))
		first, _, _ := strings.Cut(block[1], "\n\n")
		found[first] = given
	}
	require.NotEmpty(t, found)
	for _, page := range []string{readme, "deploy/README.md", "docs/getting-started.md"} {
		for _, command := range helmCommand.FindAllStringSubmatch(string(read(t, repository(page))), -1) {
			given := values{}
			for _, set := range setValue.FindAllStringSubmatch(command[1], -1) {
				require.NoError(t, strvals.ParseInto(set[1], given), command[0])
			}
			found[command[0]] = given
		}
	}
	return found
}

// Helm's own linter, which also holds names, selectors and API versions against
// what Kubernetes allows.
func TestHelmLintFindsNothing(t *testing.T) {
	all := examples(t)
	all["defaults"], all["everything"] = values{}, everything()
	for name, given := range all {
		t.Run(name, func(t *testing.T) {
			for _, message := range lint.RunAll(chartFolder, given, "kafka").Messages {
				assert.Less(t, message.Severity, support.WarningSev, message.Error())
			}
			assert.NotNil(t, install(t, given).deployment)
		})
	}
}

// The chart's own values are of the types that the schema wants, and everything
// turns on each of them: a key that it leaves out would be rendered by no test.
func TestHelmEverythingIsRendered(t *testing.T) {
	found := install(t, everything())
	fields := reflect.ValueOf(found)
	for i := range fields.NumField() {
		assert.False(t, fields.Field(i).IsZero(), fields.Type().Field(i).Name)
	}
	bare := install(t, values{})
	assert.Nil(t, bare.secret)
	assert.Nil(t, bare.serviceAccount)
	assert.Nil(t, bare.serviceMonitor)
	assert.Nil(t, bare.rule)
	assert.Nil(t, bare.networkPolicy)
	assert.Nil(t, bare.budget)
	assert.Len(t, bare.configMaps, 2)
}
