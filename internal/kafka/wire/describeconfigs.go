// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package wire

import "github.com/twmb/franz-go/pkg/kmsg"

// DescribeConfigs asks for settings.
func DescribeConfigs(request *kmsg.DescribeConfigsRequest) Request {
	return Request{Request: request, Max: 4}
}

// Resource is what a broker says of the settings of a topic or a broker.
type Resource struct {
	Code int16
	Type kmsg.ConfigResourceType
	Name string
	// Settings has those that were asked for, by key. It is nil where the answer has
	// none. A setting without a value is the empty string.
	Settings map[string]string
}

// Bytes of memory that an element costs, with its place in a list or a map.
const (
	resourceMemory = 400
	settingMemory  = 150
)

// EachResource reads an answer to [DescribeConfigs].
func EachResource(r *Reader, take func(Resource)) {
	for range r.Each(Size{Fixed: 3, Strings: 2, Arrays: 1}) {
		resource := Resource{Code: r.Int16()}
		r.Text() // the error in words
		resource.Type = kmsg.ConfigResourceType(r.Int8())
		resource.Name = r.String()
		resource.Settings = r.settings()
		if r.Spend(resourceMemory) {
			take(resource)
		}
	}
}

func (r *Reader) settings() map[string]string {
	var settings map[string]string
	for range r.Each(Size{Fixed: 2, Strings: 2}) {
		name, value := r.Text(), r.Text()
		if settings == nil {
			settings = map[string]string{}
		}
		if r.Spend(settingMemory) {
			settings[r.Keep(name)] = r.Keep(value)
		}
		r.skipSettingDetails()
	}
	return settings
}

// skipSettingDetails skips where a setting comes from and what it means.
func (r *Reader) skipSettingDetails() {
	const flags = 3
	r.in.Span(flags) // read-only, the default or where from, sensitive
	if r.Version >= 1 {
		for range r.Each(Size{Fixed: 1, Strings: 2}) { // synonyms
			r.Text()
			r.Text()
			r.Int8()
		}
	}
	const documented = 3
	if r.Version >= documented {
		r.Int8()
		r.Text()
	}
}
