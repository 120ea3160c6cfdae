// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

var (
	code    = regexp.MustCompile("`[^`]*`")
	target  = regexp.MustCompile(`\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$`)
	heading = regexp.MustCompile(`^#{1,6} +(.*?) *$`)
	linked  = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	given   = regexp.MustCompile(`<a (?:id|name)="([^"]+)"`)
)

// Links lists what the page links to: addresses, and paths as the page has them.
func (p Page) Links() []string {
	var links []string
	for _, line := range p.Prose() {
		for _, found := range target.FindAllStringSubmatch(code.ReplaceAllString(line, ""), -1) {
			links = append(links, found[1]+found[2])
		}
	}
	return links
}

// Code lists what the page has in backticks.
func (p Page) Code() []string {
	var found []string
	for _, line := range p.Prose() {
		for _, span := range code.FindAllString(line, -1) {
			found = append(found, strings.Trim(span, "`"))
		}
	}
	return found
}

// Anchors lists where in the page a link may lead to, by GitHub's rules.
func (p Page) Anchors() map[string]bool {
	anchors := map[string]bool{}
	for _, line := range p.Prose() {
		for _, found := range given.FindAllStringSubmatch(line, -1) {
			anchors[found[1]] = true
		}
		found := heading.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		slug := slugOf(found[1])
		anchor := slug
		for n := 1; anchors[anchor]; n++ {
			anchor = fmt.Sprintf("%s-%d", slug, n)
		}
		anchors[anchor] = true
	}
	return anchors
}

func slugOf(title string) string {
	title = linked.ReplaceAllString(title, "$1")
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}
