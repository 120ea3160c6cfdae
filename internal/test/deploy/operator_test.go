// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// openTelemetryCollector is as much of opentelemetry.io/v1beta1 as the example
// uses: a field that is not here is an error in the example, or is to be looked
// up in the operator's API and added.
type openTelemetryCollector struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec struct {
		Mode                     string                      `json:"mode"`
		Replicas                 int32                       `json:"replicas"`
		DeploymentUpdateStrategy appsv1.DeploymentStrategy   `json:"deploymentUpdateStrategy"`
		Image                    string                      `json:"image"`
		UpgradeStrategy          string                      `json:"upgradeStrategy"`
		Env                      []corev1.EnvVar             `json:"env"`
		EnvFrom                  []corev1.EnvFromSource      `json:"envFrom"`
		Resources                corev1.ResourceRequirements `json:"resources"`
		PodSecurityContext       corev1.PodSecurityContext   `json:"podSecurityContext"`
		SecurityContext          corev1.SecurityContext      `json:"securityContext"`
		Config                   map[string]any              `json:"config"`
	} `json:"spec"`
}

func operatorExample(t *testing.T) openTelemetryCollector {
	t.Helper()
	var example openTelemetryCollector
	text := read(t, repository("deploy", "operator", "opentelemetrycollector.yaml"))
	require.NoError(t, yaml.UnmarshalStrict(text, &example))
	return example
}

// The pod is the same as without the operator, but for what it sends and where.
func TestOperatorRunsTheSamePod(t *testing.T) {
	example, found := operatorExample(t), kustomize(t)
	container, pod := found.container(t), found.deployment.Spec.Template.Spec
	assert.Equal(t, "opentelemetry.io/v1beta1, Kind=OpenTelemetryCollector", example.GroupVersionKind().String())
	assert.Equal(t, "deployment", example.Spec.Mode)
	assert.Equal(t, *found.deployment.Spec.Replicas, example.Spec.Replicas)
	assert.Equal(t, found.deployment.Spec.Strategy, example.Spec.DeploymentUpdateStrategy)
	assert.Equal(t, container.Image, example.Spec.Image)
	assert.Equal(t, container.SecurityContext, &example.Spec.SecurityContext)
	assert.Equal(t, pod.SecurityContext, &example.Spec.PodSecurityContext)
	assert.Equal(t, found.secret(t).Name, example.Spec.EnvFrom[0].SecretRef.Name)
	limit := example.Spec.Resources.Limits.Memory().Value()
	assert.Equal(t, fourFifths(limit), memoryLimit(example.Spec.Env))
}

func TestE2EOperatorConfigIsValid(t *testing.T) {
	config, err := yaml.Marshal(operatorExample(t).Spec.Config)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, config, 0o600))
	t.Run("without login", func(t *testing.T) { validate(t, nil, "--config", file) })
	var env []string
	for name, value := range kustomize(t).secret(t).StringData {
		env = append(env, name+"="+value)
	}
	t.Run("with login", func(t *testing.T) { validate(t, env, "--config", file) })
}
