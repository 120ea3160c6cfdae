// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

// docs/check.md names every field of the JSON, and its first column no other.
func TestFieldsAreDocumented(t *testing.T) {
	fields, documented := map[string]bool{}, map[string]bool{}
	collectFields(reflect.TypeFor[Report](), fields)
	for _, row := range docs.Read(t, "docs/check.md").Rows() {
		for _, field := range docs.InCode(row.Cells["field"]) {
			name := strings.TrimPrefix(filepath.Ext("."+field), ".")
			assert.Contains(t, fields, name)
			documented[name] = true
			for _, below := range docs.InCode(row.Cells["is"]) {
				documented[below] = true
			}
		}
	}
	require.NotEmpty(t, documented)
	for name := range fields {
		assert.Contains(t, documented, name)
	}
}

// collectFields adds the names of a type's fields, and of those below.
func collectFields(of reflect.Type, fields map[string]bool) {
	switch of.Kind() {
	case reflect.Slice:
		collectFields(of.Elem(), fields)
	case reflect.Struct:
		for field := range of.Fields() {
			if field.IsExported() {
				fields[field.Tag.Get("json")] = true
			}
			collectFields(field.Type, fields)
		}
	}
}
