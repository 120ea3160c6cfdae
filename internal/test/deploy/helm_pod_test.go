// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// The chart runs the pod of deploy/kubernetes.
func TestHelmRunsTheSamePod(t *testing.T) {
	plain, found := kustomize(t), install(t, values{})
	want, got := plain.container(t), found.container(t)
	assert.Equal(t, plain.deployment.Spec.Replicas, found.deployment.Spec.Replicas)
	assert.Equal(t, plain.deployment.Spec.Strategy, found.deployment.Spec.Strategy)
	assert.Equal(t, want.Args, got.Args)
	assert.Equal(t, want.Env, got.Env)
	assert.Equal(t, want.Image, got.Image)
	assert.Equal(t, want.Ports, got.Ports)
	assert.Equal(t, want.StartupProbe, got.StartupProbe)
	assert.Equal(t, want.LivenessProbe, got.LivenessProbe)
	assert.Equal(t, want.ReadinessProbe, got.ReadinessProbe)
	assert.Equal(t, want.Resources, got.Resources)
	assert.Equal(t, want.SecurityContext, got.SecurityContext)
	assert.Equal(t, want.VolumeMounts, got.VolumeMounts)

	pod, own := plain.deployment.Spec.Template, found.deployment.Spec.Template
	assert.Equal(t, pod.Spec.SecurityContext, own.Spec.SecurityContext)
	assert.Equal(t, pod.Spec.AutomountServiceAccountToken, own.Spec.AutomountServiceAccountToken)
	assert.Equal(t, pod.Spec.EnableServiceLinks, own.Spec.EnableServiceLinks)
	for name, value := range pod.Annotations {
		assert.Equal(t, value, own.Annotations[name], name)
	}
	assert.Equal(t, plain.service.Spec.Ports, found.service.Spec.Ports)
}

func TestHelmPodIsRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	strictest := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	pod := install(t, everything()).deployment.Spec.Template
	for _, result := range evaluator.EvaluatePod(strictest, &pod.ObjectMeta, &pod.Spec) {
		assert.True(t, result.Allowed, "%s: %s", result.ForbiddenReason, result.ForbiddenDetail)
	}
}

// Two pods would write every series twice, even for the moment of a rollout.
func TestHelmHasOneWriter(t *testing.T) {
	found := install(t, values{})
	assert.EqualValues(t, 1, *found.deployment.Spec.Replicas)
	assert.Equal(t, appsv1.RecreateDeploymentStrategyType, found.deployment.Spec.Strategy.Type)
	assert.NotContains(t, found.configMaps["lag-kafkalag-settings"].Data, "KAFKALAG_GROUP")
}

// Several pods are one by a Kafka group, as those of deploy/kubernetes-several.
func TestHelmHasSeveralAsOne(t *testing.T) {
	plain := kustomizeFolder(t, "kubernetes-several")
	found := install(t, values{"replicas": 2, "coordination": values{"groupID": "kafkalag"}})
	assert.Equal(t, plain.deployment.Spec.Replicas, found.deployment.Spec.Replicas)
	assert.Equal(t, plain.deployment.Spec.Strategy, found.deployment.Spec.Strategy)
	assert.Equal(t, "kafkalag", found.configMaps["lag-kafkalag-settings"].Data["KAFKALAG_GROUP"])
	require.NotNil(t, found.budget)
	assert.Equal(t, plain.budget.Spec.MaxUnavailable, found.budget.Spec.MaxUnavailable)

	single := install(t, values{"coordination": values{"groupID": "kafkalag"}})
	assert.Equal(t, plain.deployment.Spec.Strategy, single.deployment.Spec.Strategy, "its successor is one with it")
	assert.Nil(t, single.budget)
}

// What refers to something else by name finds it.
func TestHelmNamesMatch(t *testing.T) {
	found := install(t, everything())
	container, pod := found.container(t), found.deployment.Spec.Template
	podLabels, serviceLabels := labels.Set(pod.Labels), labels.Set(found.service.Labels)
	for name, selector := range map[string]map[string]string{
		"deployment":     found.deployment.Spec.Selector.MatchLabels,
		"service":        found.service.Spec.Selector,
		"network policy": found.networkPolicy.Spec.PodSelector.MatchLabels,
		"budget":         found.budget.Spec.Selector.MatchLabels,
	} {
		assert.NotEmpty(t, selector, name)
		assert.True(t, labels.SelectorFromSet(selector).Matches(podLabels), name)
	}
	assert.True(t, labels.SelectorFromSet(found.serviceMonitor.Spec.Selector.MatchLabels).Matches(serviceLabels))

	ports := make(map[string]int32)
	for _, port := range container.Ports {
		ports[port.Name] = port.ContainerPort
	}
	for _, port := range found.service.Spec.Ports {
		assert.Equal(t, port.Port, ports[port.TargetPort.StrVal], port.Name)
	}
	scraped := found.serviceMonitor.Spec.Endpoints
	require.Len(t, scraped, len(found.service.Spec.Ports))
	for i, port := range found.service.Spec.Ports {
		assert.Equal(t, port.Name, scraped[i].Port)
		assert.Equal(t, port.Name, found.networkPolicy.Spec.Ingress[0].Ports[i].Port.StrVal)
	}

	assert.Equal(t, found.serviceAccount.Name, pod.Spec.ServiceAccountName)
	assert.Contains(t, found.configMaps, container.EnvFrom[0].ConfigMapRef.Name)
	volumes := make(map[string]corev1.Volume)
	for _, volume := range pod.Spec.Volumes {
		volumes[volume.Name] = volume
	}
	for _, mount := range container.VolumeMounts {
		assert.Contains(t, volumes, mount.Name)
	}
	assert.Contains(t, found.configMaps, volumes["config"].ConfigMap.Name)
	assert.Equal(t, "kafka-ca", volumes["ca"].Secret.SecretName)
	assert.Equal(t, "kafka-client", volumes["client"].Secret.SecretName)
	for _, one := range container.Env {
		if one.ValueFrom != nil {
			assert.Equal(t, found.secret.Name, one.ValueFrom.SecretKeyRef.Name)
			assert.Contains(t, found.secret.StringData, one.ValueFrom.SecretKeyRef.Key)
		}
	}
}

// A pod reads all of this at its start alone.
func TestHelmRollsOutWhatChanged(t *testing.T) {
	before := install(t, everything()).deployment.Spec.Template.Annotations
	for name, change := range map[string]func(values){
		"checksum/config":      func(v values) { v["config"] = values{"preset": "kafka-exporter"} },
		"checksum/settings":    func(v values) { v["kafka"].(values)["interval"] = "1m" },
		"checksum/credentials": func(v values) { v["kafka"].(values)["auth"].(values)["password"] = "changed" },
	} {
		given := everything()
		change(given)
		after := install(t, given).deployment.Spec.Template.Annotations
		assert.NotEqual(t, before[name], after[name], name)
	}
}

func TestHelmGivesGoItsLimit(t *testing.T) {
	for memory, want := range map[string]string{"512Mi": "409MiB", "1Gi": "819MiB", "3Gi": "2457MiB"} {
		given := values{"resources": values{"limits": values{"memory": memory}}}
		container := install(t, given).container(t)
		assert.Equal(t, want, memoryLimit(container.Env))
		assert.Equal(t, want, fourFifths(container.Resources.Limits.Memory().Value()))
	}
	unrequested := install(t, values{"resources": values{"requests": nil, "limits": values{"memory": "256Mi"}}}).container(t)
	assert.Equal(t, "204MiB", memoryLimit(unrequested.Env))
	unlimited := install(t, values{"resources": values{"limits": nil}}).container(t)
	assert.Empty(t, memoryLimit(unlimited.Env))
}

// A NetworkPolicy sees the port of the pod behind a Service, and OpenShift's DNS
// pods listen on 5353.
func TestHelmLetsDNSOut(t *testing.T) {
	open := make(map[string]bool)
	for _, rule := range install(t, everything()).networkPolicy.Spec.Egress {
		for _, port := range rule.Ports {
			if port.Protocol != nil {
				open[port.Port.String()+"/"+string(*port.Protocol)] = true
			}
		}
	}
	assert.Equal(t, map[string]bool{"53/UDP": true, "53/TCP": true, "5353/UDP": true, "5353/TCP": true}, open)
}

// Names that YAML would read as numbers or booleans stay strings.
func TestHelmQuotesNames(t *testing.T) {
	found := install(t, mergeValues(everything(), values{
		"fullnameOverride":  "0x10",
		"nameOverride":      "123",
		"priorityClassName": "1e3",
		"serviceAccount":    values{"create": true, "name": "456"},
		"settings":          values{"ON": "1"},
		"kafka": values{
			"auth": values{"username": "", "password": "", "existingSecret": "789", "usernameKey": "1", "passwordKey": "true"},
			"tls": values{
				"ca":     values{"secret": "12", "key": "0x1f"},
				"client": values{"secret": "34", "certKey": "1.5", "keyKey": "null"},
			},
		},
	}))
	pod := found.deployment.Spec.Template
	assert.Equal(t, "0x10", found.deployment.Name)
	assert.Equal(t, "0x10", found.service.Name)
	assert.Equal(t, "0x10", found.networkPolicy.Name)
	assert.Equal(t, "0x10", found.budget.Name)
	assert.Equal(t, "0x10", found.rule.Name)
	assert.Equal(t, "0x10", found.serviceMonitor.Name)
	assert.Equal(t, "123", pod.Labels["app.kubernetes.io/name"])
	assert.Equal(t, "1e3", pod.Spec.PriorityClassName)
	assert.Equal(t, "456", pod.Spec.ServiceAccountName)
	assert.Equal(t, "456", found.serviceAccount.Name)
	assert.Contains(t, found.configMaps["0x10-settings"].Data, "ON")

	var keys []string
	for _, one := range found.container(t).Env {
		if one.ValueFrom != nil {
			keys = append(keys, one.ValueFrom.SecretKeyRef.Name+"/"+one.ValueFrom.SecretKeyRef.Key)
		}
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.Secret != nil {
			for _, item := range volume.Secret.Items {
				assert.Equal(t, item.Key, item.Path)
				keys = append(keys, volume.Secret.SecretName+"/"+item.Key)
			}
		}
	}
	assert.Equal(t, []string{"789/1", "789/true", "12/0x1f", "34/1.5", "34/null"}, keys)
}

// Helm allows a release to have digits alone for its name, and a Secret to have
// them for a key.
func TestHelmQuotesReleaseAndKey(t *testing.T) {
	given := mergeValues(everything(), values{"kafka": values{"auth": values{"passwordKey": "0x1f"}}})
	found := installAs(t, "123", given)
	assert.Equal(t, "123", found.deployment.Spec.Selector.MatchLabels["app.kubernetes.io/instance"])
	assert.Contains(t, found.secret.StringData, "0x1f")
}
