// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// issueForm is as much of GitHub's syntax for issue forms as the repository uses.
// GitHub shows no form at all where it finds a mistake in one.
type issueForm struct {
	Name        string
	Description string
	Labels      []string
	Body        []struct {
		Type       string
		ID         string
		Attributes struct {
			Label       string
			Description string
			Placeholder string
			Render      string
		}
		Validations struct{ Required bool }
	}
}

func decodeStrictly(t *testing.T, file string, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(read(t, file)))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(into))
}

// Each form is well formed, and asks for what an answer takes.
func TestIssueForms(t *testing.T) {
	const folder = ".github/ISSUE_TEMPLATE"
	for file, required := range map[string][]string{
		"bug.yml":     {"seen", "version", "kafka", "config", "log"},
		"feature.yml": {"question"},
	} {
		t.Run(file, func(t *testing.T) {
			var form issueForm
			decodeStrictly(t, path.Join(folder, file), &form)
			assert.NotEmpty(t, form.Name)
			assert.NotEmpty(t, form.Description)
			assertFields(t, form, required)
		})
	}
	forms, err := filepath.Glob(filepath.Join(Root(t), folder, "*"))
	require.NoError(t, err)
	assert.Len(t, forms, 3, "this test knows bug.yml, feature.yml and config.yml")
}

func assertFields(t *testing.T, form issueForm, wantRequired []string) {
	t.Helper()
	var required []string
	ids, labels := map[string]bool{}, map[string]bool{}
	for _, field := range form.Body {
		assert.Contains(t, []string{"input", "textarea"}, field.Type, field.ID)
		assert.Regexp(t, `^[a-zA-Z0-9_-]+$`, field.ID)
		assert.NotEmpty(t, field.Attributes.Label, field.ID)
		assert.False(t, ids[field.ID], "twice: %s", field.ID)
		assert.False(t, labels[field.Attributes.Label], "twice: %s", field.Attributes.Label)
		if field.Attributes.Render != "" {
			assert.Equal(t, "textarea", field.Type, "%s: only a textarea renders", field.ID)
		}
		if field.Validations.Required {
			required = append(required, field.ID)
		}
		ids[field.ID], labels[field.Attributes.Label] = true, true
	}
	assert.Equal(t, wantRequired, required)
}

// The links beside the forms lead to this repository, those to files to ones that
// are there.
func TestIssueContactLinks(t *testing.T) {
	var config struct {
		BlankIssuesEnabled bool                                `yaml:"blank_issues_enabled"`
		ContactLinks       []struct{ Name, URL, About string } `yaml:"contact_links"`
	}
	decodeStrictly(t, ".github/ISSUE_TEMPLATE/config.yml", &config)
	assert.False(t, config.BlankIssuesEnabled)
	require.NotEmpty(t, config.ContactLinks)
	for _, link := range config.ContactLinks {
		assert.NotEmpty(t, link.Name)
		assert.NotEmpty(t, link.About, link.Name)
		below, ours := strings.CutPrefix(link.URL, "https://github.com/kafkalag/kafkalagreceiver/")
		assert.True(t, ours, link.URL)
		if file, ofTree := strings.CutPrefix(below, "blob/main/"); ofTree {
			assert.True(t, inRepository(t, file), link.URL)
		}
	}
}
