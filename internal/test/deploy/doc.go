// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package deploy tests what deploy/ has for containers and Kubernetes, with
// the libraries that read it there: BuildKit's, kustomize's, Helm's and Kubernetes'
// own.
// They are many; that is why these tests are a module of their own.
package deploy
