// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"maps"
	"reflect"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// LongestArrays returns a function that reports how long the longest array was
// in the requests of these APIs since, by the API's name.
func (f *Fake) LongestArrays(apis ...kmsg.Key) func() map[string]int {
	var mu sync.Mutex
	longest := map[string]int{}
	for _, api := range apis {
		f.Kfake.ControlKey(int16(api), func(r kmsg.Request) (kmsg.Response, error, bool) {
			f.Kfake.KeepControl()
			mu.Lock()
			defer mu.Unlock()
			longest[api.Name()] = max(longest[api.Name()], longestArray(reflect.ValueOf(r).Elem()))
			return nil, nil, false
		})
	}
	return func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(longest)
	}
}

// longestArray looks for it in a message and all that it holds.
func longestArray(v reflect.Value) int {
	longest := 0
	switch v.Kind() {
	case reflect.Slice:
		longest = v.Len()
		for i := range v.Len() {
			longest = max(longest, longestArray(v.Index(i)))
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			longest = max(longest, longestArray(field))
		}
	}
	return longest
}
