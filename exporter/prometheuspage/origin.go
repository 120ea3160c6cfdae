// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// origin is who sent a message: a resource and a scope, and the labels that
// follow from them.
type origin struct {
	id         string            // equal for equal resources and scopes, and what pages are ordered by
	attributes map[string]string // of the resource, as if each point had them
	labels     []label           // constant ones, and those for the scope, job and instance

	job, instance string
	resource      pcommon.Map
}

// newOrigin reads where metrics come from.
func newOrigin(t *translation, rm pmetric.ResourceMetrics, sm pmetric.ScopeMetrics) (*origin, error) {
	resource, scope := rm.Resource().Attributes(), sm.Scope()
	o := &origin{
		id:         originID(resource, sm),
		attributes: map[string]string{},
		labels:     slices.Clone(t.constLabels),
		job:        jobOf(resource),
		resource:   resource,
	}
	for key, value := range resource.All() {
		if t.resource.matches(key) {
			o.attributes[key] = value.AsString()
		}
	}
	if _, named := resource.Get(serviceName); named {
		o.add(model.JobLabel, o.job)
	}
	if instance, named := resource.Get(serviceInstance); named {
		o.instance = instance.AsString()
		o.add(model.InstanceLabel, o.instance)
	}
	if !t.scopeInfo {
		return o, nil
	}
	o.add("otel_scope_name", scope.Name())
	o.add("otel_scope_version", scope.Version())
	o.add("otel_scope_schema_url", sm.SchemaUrl())
	for key, value := range scope.Attributes().All() {
		if key == "name" || key == "version" || key == "schema_url" {
			continue
		}
		name, err := t.labelName("otel_scope_" + key)
		if err != nil {
			return nil, err
		}
		o.labels = append(o.labels, label{name: name, key: key, value: value.AsString(), from: constant})
	}
	return o, nil
}

func (o *origin) add(name, value string) {
	o.labels = append(o.labels, label{name: name, value: value, from: constant})
}

// What job and instance come from.
const (
	serviceName      = "service.name"
	serviceNamespace = "service.namespace"
	serviceInstance  = "service.instance.id"
)

func jobOf(resource pcommon.Map) string {
	name, named := resource.Get(serviceName)
	if !named {
		return ""
	}
	if namespace, spaced := resource.Get(serviceNamespace); spaced {
		return namespace.AsString() + "/" + name.AsString()
	}
	return name.AsString()
}

// originID writes all that distinguishes one origin from another.
func originID(resource pcommon.Map, sm pmetric.ScopeMetrics) string {
	var b strings.Builder
	writeAttributes(&b, resource)
	for _, s := range []string{sm.Scope().Name(), sm.Scope().Version(), sm.SchemaUrl()} {
		b.WriteString(strconv.Quote(s))
	}
	writeAttributes(&b, sm.Scope().Attributes())
	return b.String()
}

func writeAttributes(b *strings.Builder, attributes pcommon.Map) {
	pairs := make([]string, 0, attributes.Len())
	for key, value := range attributes.All() {
		pairs = append(pairs, strconv.Quote(key)+"="+strconv.Quote(value.AsString()))
	}
	slices.Sort(pairs)
	b.WriteString("{" + strings.Join(pairs, ",") + "}")
}

// targetInfo is the labels of the resource's line of target_info, if it has one:
// its attributes but for those that job and instance are made of.
func (o *origin) targetInfo(t *translation) ([]label, error) {
	labels := make([]label, 0, o.resource.Len()+2)
	for key, value := range o.resource.All() {
		if key == serviceName || key == serviceNamespace || key == serviceInstance {
			continue
		}
		name, err := t.labelName(key)
		if err != nil {
			return nil, err
		}
		if name == model.JobLabel || name == model.InstanceLabel {
			continue // they say which target it is
		}
		if strings.HasPrefix(name, "__") {
			return nil, errReservedLabel
		}
		labels = append(labels, label{name: name, key: key, value: value.AsString(), from: constant})
	}
	labels = append(labels,
		label{name: model.JobLabel, value: o.job, from: constant},
		label{name: model.InstanceLabel, value: o.instance, from: constant})
	sortLabels(labels)
	return labels, nil
}
