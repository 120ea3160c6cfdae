// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Command sbom prints the software bill of materials of a Go program, in
// CycloneDX: the modules that the linker recorded in the binary itself, so what
// is in it and nothing else.
//
//	sbom BINARY VERSION
//
// SOURCE_DATE_EPOCH, in seconds, is its time; without it none is given, so that
// equal binaries have equal bills.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: sbom BINARY VERSION")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(binary, version string) error {
	bill, err := bill(binary, version)
	if err != nil {
		return err
	}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		bill.Metadata.Timestamp = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	return cdx.NewBOMEncoder(os.Stdout, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bill, cdx.SpecVersion1_6)
}

// bill is the bill of materials of the binary, which it calls by this version.
func bill(binary, version string) (*cdx.BOM, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(content)
	product := cdx.Component{
		Type:       cdx.ComponentTypeApplication,
		BOMRef:     purl(info.Main.Path, version),
		Name:       filepath.Base(binary),
		Version:    version,
		PackageURL: purl(info.Main.Path, version),
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(digest[:])}},
	}

	var parts []cdx.Component
	var refs []string
	for _, module := range info.Deps {
		part := component(module, version)
		parts = append(parts, part)
		refs = append(refs, part.BOMRef)
	}
	// The standard library is a part like the others: it has its own advisories.
	parts = append(parts, library("std", info.GoVersion[len("go"):]))

	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Lifecycles: &[]cdx.Lifecycle{{Phase: cdx.LifecyclePhasePostBuild}},
		Component:  &product,
	}
	bom.Components = &parts
	refs = append(refs, parts[len(parts)-1].BOMRef)
	bom.Dependencies = &[]cdx.Dependency{{Ref: product.BOMRef, Dependencies: &refs}}
	return bom, nil
}

// component is a module as it was linked. One that a folder stands in for is the
// project's own: it has no other name, and the product's version.
func component(module *debug.Module, version string) cdx.Component {
	replaced := module.Replace
	switch {
	case replaced == nil:
		return library(module.Path, module.Version)
	case isFolder(replaced.Path):
		return library(module.Path, version)
	}
	return library(replaced.Path, replaced.Version)
}

func library(path, version string) cdx.Component {
	return cdx.Component{
		Type:       cdx.ComponentTypeLibrary,
		BOMRef:     purl(path, version),
		Name:       path,
		Version:    version,
		PackageURL: purl(path, version),
	}
}

// isFolder decides by the rule of go.mod, where a module's path begins with neither.
func isFolder(path string) bool { return strings.HasPrefix(path, ".") || filepath.IsAbs(path) }

// purl is the package URL that vulnerability databases know a Go module by.
func purl(path, version string) string { return "pkg:golang/" + path + "@" + version }
