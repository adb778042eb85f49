package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The page names files that have moved at the latest when this test runs.
func TestArchitecturePageNamesExistingFiles(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`\b(?:server\.go|(?:deploy|docs|e2e|examples|gateway|graph|internal|playground|rest|sandbox|tools)/[\w./-]*)`)
	paths := named.FindAllString(readText(t, "docs/ARCHITECTURE.md"), -1)
	if len(paths) < 50 {
		t.Fatalf("the page names only %d files: is the pattern still right?", len(paths))
	}
	for _, path := range paths {
		if _, err := os.Stat(strings.TrimRight(path, ".")); err != nil {
			t.Errorf("the page names %s, which does not exist", path)
		}
	}
}

// The page's table lists the imports that depguard allows.
func TestArchitecturePageListsAllowedImports(t *testing.T) {
	t.Parallel()
	rules, rows := allowedByDepguard(readText(t, ".golangci.yml")), allowedByPage(readText(t, "docs/ARCHITECTURE.md"))
	if len(rules) < 25 {
		t.Fatalf("found rules for only %d packages: is the pattern still right?", len(rules))
	}
	for _, subpackage := range []string{"gateway/telemetry/drift", "sandbox/data"} { // the rows of their parents include them
		delete(rules, subpackage)
	}
	if diff := cmp.Diff(rules, rows); diff != "" {
		t.Errorf("docs/ARCHITECTURE.md (+) differs from .golangci.yml (-):\n%s", diff)
	}
}

// allowedByDepguard returns the allowed imports of each package, sorted.
func allowedByDepguard(config string) map[string][]string {
	allowed := map[string][]string{}
	rule := regexp.MustCompile(`(?m)^ {10}files: \[(.*)\]\n((?: {10}.*\n)*)`)
	quoted := regexp.MustCompile(`"(?:\*\*|\$\{config-path\})/([\w/.]+?)(?:/\*\.go)?"`)
	imported := regexp.MustCompile(`(?m)^ {12}- mstudio-graphql/(\S+)$`)
	for _, found := range rule.FindAllStringSubmatch(config, -1) {
		for _, name := range quoted.FindAllStringSubmatch(found[1], -1) {
			allowed[name[1]] = sorted(imported.FindAllStringSubmatch(found[2], -1))
		}
	}
	return allowed
}

// allowedByPage returns the last column of each row, sorted, for the packages in its first column.
func allowedByPage(page string) map[string][]string {
	allowed := map[string][]string{}
	row := regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|[^|]*\\|([^|]*)\\|$")
	code := regexp.MustCompile("`([^`]*)`")
	_, page, _ = strings.Cut(page, "| package |")
	page, _, _ = strings.Cut(page, "\n## ")
	for _, found := range row.FindAllStringSubmatch(page, -1) {
		for _, name := range code.FindAllStringSubmatch(found[1], -1) {
			allowed[name[1]] = sorted(code.FindAllStringSubmatch(found[2], -1))
		}
	}
	return allowed
}

// sorted returns the first group of each match, sorted.
func sorted(matches [][]string) []string {
	names := make([]string, 0, len(matches))
	for _, match := range matches {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return names
}
