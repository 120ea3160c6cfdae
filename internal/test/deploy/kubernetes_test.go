// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// manifests is what `kubectl apply -k deploy/kubernetes` sends, each decoded
// into Kubernetes' own type: a field that it lacks is an error.
type manifests struct {
	deployment appsv1.Deployment
	service    corev1.Service
	configMaps map[string]corev1.ConfigMap
	budget     policyv1.PodDisruptionBudget // of several pods alone
}

func kustomize(t *testing.T) manifests {
	t.Helper()
	return kustomizeFolder(t, "kubernetes")
}

func kustomizeFolder(t *testing.T, folder string) manifests {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).
		Run(filesys.MakeFsOnDisk(), repository("deploy", folder))
	require.NoError(t, err)
	found := manifests{configMaps: make(map[string]corev1.ConfigMap)}
	for _, resource := range built.Resources() {
		text := []byte(resource.MustYaml())
		switch kind := resource.GetKind(); kind {
		case "Deployment":
			require.NoError(t, yaml.UnmarshalStrict(text, &found.deployment))
		case "Service":
			require.NoError(t, yaml.UnmarshalStrict(text, &found.service))
		case "ConfigMap":
			var configMap corev1.ConfigMap
			require.NoError(t, yaml.UnmarshalStrict(text, &configMap))
			found.configMaps[configMap.Name] = configMap
		case "PodDisruptionBudget":
			require.NoError(t, yaml.UnmarshalStrict(text, &found.budget))
		default:
			t.Fatalf("nothing is known of a %s", kind)
		}
	}
	return found
}

func (m manifests) container(t *testing.T) corev1.Container {
	t.Helper()
	require.Len(t, m.deployment.Spec.Template.Spec.Containers, 1)
	return m.deployment.Spec.Template.Spec.Containers[0]
}

// Two pods would write every series twice, even for the moment of a rollout.
func TestKubernetesHasOneWriter(t *testing.T) {
	spec := kustomize(t).deployment.Spec
	require.NotNil(t, spec.Replicas)
	assert.EqualValues(t, 1, *spec.Replicas)
	assert.Equal(t, appsv1.RecreateDeploymentStrategyType, spec.Strategy.Type)
}

// Several pods are one by a Kafka group, and at most one of them is away by plan.
func TestKubernetesHasSeveralAsOne(t *testing.T) {
	found := kustomizeFolder(t, "kubernetes-several")
	spec := found.deployment.Spec
	assert.EqualValues(t, 2, *spec.Replicas)
	assert.Equal(t, appsv1.RollingUpdateDeploymentStrategyType, spec.Strategy.Type)
	assert.Equal(t, intstr.FromInt32(1), *found.budget.Spec.MaxUnavailable)
	budgeted, err := metav1.LabelSelectorAsSelector(found.budget.Spec.Selector)
	require.NoError(t, err)
	assert.True(t, budgeted.Matches(labels.Set(spec.Template.Labels)))
	settings := found.configMaps[found.container(t).EnvFrom[0].ConfigMapRef.Name].Data
	assert.Equal(t, "kafkalag", settings["KAFKALAG_GROUP"])
	assert.NotEmpty(t, settings["KAFKA_BROKERS"])
}

// Kubernetes' own admission policy finds nothing to forbid at its strictest.
func TestKubernetesPodIsRestricted(t *testing.T) {
	pod := kustomize(t).deployment.Spec.Template
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	strictest := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, result := range evaluator.EvaluatePod(strictest, &pod.ObjectMeta, &pod.Spec) {
		assert.True(t, result.Allowed, "%s: %s", result.ForbiddenReason, result.ForbiddenDetail)
	}
	assert.True(t, *pod.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem)
}

// What refers to something else by name finds it.
func TestKubernetesNamesMatch(t *testing.T) {
	found := kustomize(t)
	container, pod := found.container(t), found.deployment.Spec.Template
	selector := labels.SelectorFromSet(found.service.Spec.Selector)
	assert.True(t, selector.Matches(labels.Set(pod.Labels)), "the service's pods")

	ports := make(map[string]int32)
	for _, port := range container.Ports {
		ports[port.Name] = port.ContainerPort
	}
	for _, port := range found.service.Spec.Ports {
		assert.Equal(t, port.Port, ports[port.TargetPort.StrVal], "the service's %s", port.Name)
	}
	for name, probe := range map[string]*corev1.Probe{
		"startup": container.StartupProbe, "liveness": container.LivenessProbe, "readiness": container.ReadinessProbe,
	} {
		require.NotNil(t, probe, name)
		assert.Equal(t, "/health/status", probe.HTTPGet.Path, name)
		assert.Equal(t, intstr.FromString("health"), probe.HTTPGet.Port, name)
	}
	assert.Equal(t, map[string]int32{"metrics": 9308, "health": 13133, "self": 8888}, ports)
	assert.Equal(t, fmt.Sprint(ports["metrics"]), pod.Annotations["prometheus.io/port"])
	self := fmt.Sprintf("%s.default.svc:%d", found.service.Name, ports["self"])
	assert.Contains(t, string(read(t, repository("deploy", "README.md"))), self, "what Prometheus is configured to scrape")

	require.Len(t, pod.Spec.Volumes, 1)
	assert.Contains(t, found.configMaps, pod.Spec.Volumes[0].ConfigMap.Name)
	assert.Contains(t, found.configMaps, container.EnvFrom[0].ConfigMapRef.Name)
	assert.Equal(t, found.secret(t).Name, container.EnvFrom[1].SecretRef.Name)
}

// The collector is given four fifths of what the kernel would kill it at.
func TestKubernetesGivesGoItsLimit(t *testing.T) {
	container := kustomize(t).container(t)
	limit := container.Resources.Limits.Memory().Value()
	assert.Equal(t, fourFifths(limit), memoryLimit(container.Env))
}

// A config of its own, because kustomize reads no file outside of its folder.
func TestKubernetesConfigIsTheDefault(t *testing.T) {
	assert.Equal(t, string(read(t, repository("config", "default.yaml"))),
		string(read(t, repository("deploy", "kubernetes", "config.yaml"))), "run `make generate`")
}

// The collector takes the container's arguments, with the pod's environment, and
// without or with the Secret.
func TestE2EKubernetesConfigIsValid(t *testing.T) {
	found := kustomize(t)
	container := found.container(t)
	mount := container.VolumeMounts[0].MountPath
	folder := t.TempDir()
	for name, text := range found.configMaps[found.deployment.Spec.Template.Spec.Volumes[0].ConfigMap.Name].Data {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	var args, env []string
	for _, arg := range container.Args {
		args = append(args, strings.ReplaceAll(arg, mount, folder))
	}
	for _, one := range container.Env {
		env = append(env, one.Name+"="+one.Value)
	}
	for name, value := range found.configMaps[container.EnvFrom[0].ConfigMapRef.Name].Data {
		env = append(env, name+"="+value)
	}
	t.Run("without login", func(t *testing.T) { validate(t, env, args...) })
	for name, value := range found.secret(t).StringData {
		env = append(env, name+"="+value)
	}
	t.Run("with login", func(t *testing.T) { validate(t, env, args...) })
}

// secret is the example, which nobody applies without thinking.
func (manifests) secret(t *testing.T) corev1.Secret {
	t.Helper()
	var secret corev1.Secret
	require.NoError(t, yaml.UnmarshalStrict(read(t, repository("deploy", "kubernetes", "secret.example.yaml")), &secret))
	return secret
}

// fourFifths is that part of a number of bytes, in Go's notation.
func fourFifths(bytes int64) string { return fmt.Sprintf("%dMiB", bytes*4/5>>20) }

// memoryLimit returns the value of GOMEMLIMIT, or "" where it is not set.
func memoryLimit(env []corev1.EnvVar) string {
	for _, one := range env {
		if one.Name == "GOMEMLIMIT" {
			return one.Value
		}
	}
	return ""
}
