// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"bytes"
	"debug/elf"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fscopy "github.com/tonistiigi/fsutil/copy"
)

// The Dockerfile's steps make a static collector and configs that a user without
// rights can read. Docker is not needed: what is not from a base image is done in
// folders.
func TestE2EImageRuns(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		missing(t, "running the image's files as its user needs root on Linux")
	}
	root := build(t)
	image := imageOf(t, runtime.GOARCH)

	program, err := elf.Open(filepath.Join(root, image.Config.Entrypoint[0]))
	require.NoError(t, err)
	defer program.Close()
	for _, header := range program.Progs {
		assert.NotEqual(t, elf.PT_INTERP, header.Type, "the image has no dynamic loader")
	}

	assertReadable(t, root)
	for _, config := range []string{"otlp.yaml", "endpoint/tls.yaml", "self/remote-write.yaml"} {
		assert.FileExists(t, filepath.Join(root, "etc/otelcol-kafkalag", config))
	}

	assert.FileExists(t, filepath.Join(root, "usr/bin/kafkalag-check"))

	uid, gid, _ := strings.Cut(image.Config.User, ":")
	// To build the pipelines it would need /proc, which a folder has not.
	cmd := exec.Command(image.Config.Entrypoint[0], append([]string{"print-config", "--validate=false"}, image.Config.Cmd...)...)
	cmd.Env = image.Config.Env
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Chroot:     root,
		Credential: &syscall.Credential{Uid: number(t, uid), Gid: number(t, gid)},
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "0.0.0.0:9308")
}

// assertReadable checks that a user without rights can enter and read all, and
// change nothing.
func assertReadable(t *testing.T, root string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		want := os.FileMode(0o644)
		if entry.IsDir() || filepath.Base(filepath.Dir(name)) == "bin" {
			want = 0o755
		}
		assert.Equal(t, want, info.Mode().Perm(), name)
		return nil
	}))
}

// build does what the Dockerfile's stages say, and returns the last one's files.
func build(t *testing.T) string {
	t.Helper()
	parsed, err := parser.Parse(bytes.NewReader(read(t, dockerfile)))
	require.NoError(t, err)
	stages, _, err := instructions.Parse(parsed.AST, linter.New(&linter.Config{}))
	require.NoError(t, err)

	files := map[string]string{"": buildContext(t)} // by the name of the stage
	for _, stage := range stages {
		files[stage.Name] = execute(t, stage, files)
	}
	return files[stages[len(stages)-1].Name]
}

// buildContext is what Docker would be sent of this checkout.
func buildContext(t *testing.T) string {
	t.Helper()
	patterns, err := ignorefile.ReadAll(bytes.NewReader(read(t, dockerfile+".dockerignore")))
	require.NoError(t, err)
	ignored, err := patternmatcher.New(patterns)
	require.NoError(t, err)
	root, sent := repository(), t.TempDir()
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		name, err := filepath.Rel(root, path)
		require.NoError(t, err)
		ignore, err := ignored.MatchesOrParentMatches(name)
		require.NoError(t, err)
		switch {
		case ignore && entry.IsDir():
			return filepath.SkipDir
		case !ignore && entry.Type().IsRegular():
			info, err := entry.Info()
			require.NoError(t, err)
			copyFile(t, path, filepath.Join(sent, name), info.Mode())
		}
		return nil
	}))
	return sent
}

// execute does one stage's steps in a folder, which it returns.
func execute(t *testing.T, stage instructions.Stage, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755))
	workdir, env := "/", os.Environ()
	for _, command := range stage.Commands {
		switch command := command.(type) {
		case *instructions.WorkdirCommand:
			workdir = command.Path
		case *instructions.ArgCommand:
			for _, arg := range command.Args {
				given := map[string]string{"TARGETOS": runtime.GOOS, "TARGETARCH": runtime.GOARCH}
				require.Contains(t, given, arg.Key)
				env = append(env, arg.Key+"="+given[arg.Key])
			}
		case *instructions.RunCommand:
			run := exec.Command("sh", "-c", strings.Join(command.CmdLine, " "))
			run.Dir, run.Env = filepath.Join(root, workdir), env
			out, err := run.CombinedOutput()
			require.NoError(t, err, "%s", out)
		case *instructions.CopyCommand:
			copyAll(t, command, files[command.From], root, workdir)
		}
	}
	return root
}

// copyAll does a COPY by BuildKit's own code, and as it calls that: the modes of
// folders that come into being on the way are not what one would guess.
func copyAll(t *testing.T, command *instructions.CopyCommand, from, root, workdir string) {
	t.Helper()
	to := command.DestPath // a slash at its end says that it is a folder
	if !path.IsAbs(to) {
		to = path.Join(workdir, to)
	}
	how := fscopy.CopyInfo{CopyDirContents: true, FollowLinks: true, ModeStr: command.Chmod}
	if octal, err := strconv.ParseUint(command.Chmod, 8, 32); err == nil {
		mode := int(octal)
		how.Mode, how.ModeStr = &mode, ""
	}
	for _, pattern := range command.SourcePaths {
		found, err := fscopy.ResolveWildcards(from, pattern, true)
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		for _, source := range found {
			require.NoError(t, fscopy.Copy(t.Context(), from, source, root, to, fscopy.WithCopyInfo(how)))
		}
	}
}

func copyFile(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
	require.NoError(t, os.WriteFile(to, read(t, from), mode))
	require.NoError(t, os.Chmod(to, mode)) // whatever the umask
}

func number(t *testing.T, text string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 32)
	require.NoError(t, err, "the user is a number, so that Kubernetes can see that it is not root")
	return uint32(n)
}
