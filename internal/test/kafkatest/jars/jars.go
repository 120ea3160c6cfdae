// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package jars

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
)

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"

//go:embed pom.xml.tmpl
var pomText string

var pom = template.Must(template.New("pom.xml").Parse(pomText))

// Dir is the folder of the release's jars:
// $KAFKALAG_CACHE/kafka/VERSION, or the user's cache folder in its place.
func (r Release) Dir() (string, error) {
	cache := os.Getenv("KAFKALAG_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder for kafka's jars: %w", err)
		}
		cache = filepath.Join(user, "kafkalagreceiver")
	}
	return filepath.Join(cache, "kafka", r.Version), nil
}

// Missing returns why the release cannot be run here, nil if it can.
func (r Release) Missing() error {
	if _, err := exec.LookPath("java"); err != nil {
		return fmt.Errorf("no java: %w", err)
	}
	dir, err := r.Dir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("no jars of kafka %s (make kafka-jars fetches them): %w", r.Version, err)
	}
	return nil
}

// Fetch fills the release's folder from Maven Central, unless it is there. The
// folder appears whole or not at all, whoever else fetches at the same time.
func (r Release) Fetch(ctx context.Context) error {
	dir, err := r.Dir()
	if err != nil {
		return err
	}
	if _, err = os.Stat(dir); err == nil {
		return nil
	}
	if err = os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".fetching-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)

	lib := filepath.Join(tmp, "lib")
	if err = r.download(ctx, tmp, lib); err != nil {
		return fmt.Errorf("fetching kafka %s: %w", r.Version, err)
	}
	if err = os.Rename(lib, dir); errors.Is(err, fs.ErrExist) {
		return nil // someone else was faster, and theirs are the same jars
	}
	return err
}

func (r Release) download(ctx context.Context, project, lib string) error {
	dependencies := make([][]string, len(r.artifacts))
	for i, a := range r.artifacts {
		dependencies[i] = strings.Split(a, ":")
	}
	file, err := os.Create(filepath.Join(project, "pom.xml"))
	if err != nil {
		return err
	}
	if err = errors.Join(pom.Execute(file, dependencies), file.Close()); err != nil {
		return err
	}
	mvn := exec.CommandContext(ctx, "mvn", "--quiet", "--batch-mode", "--strict-checksums",
		copyDependencies, "-DoutputDirectory="+lib, "-DincludeScope=runtime")
	mvn.Dir = project
	if out, err := mvn.CombinedOutput(); err != nil {
		return fmt.Errorf("mvn: %w\n%s", err, out)
	}
	return nil
}
