// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	dockerfile    = repository("deploy", "Dockerfile")
	architectures = []string{"amd64", "arm64"}
)

// bases answers for the registries: what a base image sets that matters here.
type bases map[string]dockerspec.DockerOCIImageConfig

func (b bases) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config, ok := b[ref]
	if !ok {
		return "", "", nil, fmt.Errorf("nothing is known of the image %s", ref)
	}
	image := dockerspec.DockerOCIImage{Config: config}
	image.Platform = *opt.ImageOpt.Platform
	encoded, err := json.Marshal(image)
	return ref, digest.FromBytes(encoded), encoded, err
}

func conversion(t *testing.T, architecture string) dockerfile2llb.ConvertOpt {
	t.Helper()
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", read(t, dockerfile))
	source.Definition = &llb.Definition{}
	return dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildPlatforms: []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}}},
		SourceMap:      source,
		TargetPlatform: &ocispecs.Platform{OS: "linux", Architecture: architecture},
		MetaResolver: bases{
			"docker.io/library/golang:1.26-bookworm":    {},
			"gcr.io/distroless/static-debian12:nonroot": {},
		},
	}
}

// BuildKit's own linter, as `docker build --check` runs it.
func TestDockerfileHasNoWarnings(t *testing.T) {
	// After any other comment BuildKit takes it for one too.
	check, _, _, _ := parser.ParseDirective("check", read(t, dockerfile))
	assert.Equal(t, "error=true", check, "a warning fails the build")
	for _, architecture := range architectures {
		results, err := dockerfile2llb.DockerfileLint(t.Context(), read(t, dockerfile), conversion(t, architecture))
		require.NoError(t, err)
		assert.Nil(t, results.Error)
		assert.Empty(t, results.Warnings)
	}
}

func TestImageSettings(t *testing.T) {
	for _, architecture := range architectures {
		image := imageOf(t, architecture)
		assert.Equal(t, architecture, image.Architecture)
		assert.Equal(t, "65532:65532", image.Config.User)
		assert.Contains(t, image.Config.Env, "KAFKALAG_LISTEN=0.0.0.0")
		assert.Equal(t, map[string]struct{}{"9308/tcp": {}, "8888/tcp": {}, "13133/tcp": {}}, image.Config.ExposedPorts)
		// Kubernetes' args and the operator's take the place of the config alone.
		assert.Equal(t, []string{"/usr/bin/otelcol-kafkalag"}, image.Config.Entrypoint)
		assert.Equal(t, []string{"--config=/etc/otelcol-kafkalag/default.yaml"}, image.Config.Cmd)
	}
}

// imageOf is what BuildKit makes of the Dockerfile: an image's settings.
func imageOf(t *testing.T, architecture string) *dockerspec.DockerOCIImage {
	t.Helper()
	result, err := dockerfile2llb.Dockerfile2LLB(t.Context(), read(t, dockerfile), conversion(t, architecture))
	require.NoError(t, err)
	return result.Image
}
