// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package deploy tests what deploy/ and config/services/ have for containers,
// Kubernetes and services, with the libraries that read it there: BuildKit's,
// Compose's, kustomize's, Helm's and Kubernetes' own. They are many; that is why
// these tests are a module of their own.
package deploy
