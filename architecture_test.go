package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A page that names a file which has moved sends its readers astray.
func TestPagesNameExistingFiles(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`\b(?:server\.go|(?:deploy|docs|e2e|examples|gateway|graph|internal|playground|rest|sandbox|tools)/[\w./-]*)`)
	for name, least := range map[string]int{"docs/ARCHITECTURE.md": 50, "CONTRIBUTING.md": 20} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		paths := named.FindAllString(string(page), -1)
		if len(paths) < least {
			t.Fatalf("%s names only %d files: is the pattern still right?", name, len(paths))
		}
		for _, path := range paths {
			if _, err := os.Stat(strings.TrimRight(path, ".")); err != nil {
				t.Errorf("%s names %s, which does not exist", name, path)
			}
		}
	}
}

// The guides in CONTRIBUTING.md name the test that fails if a step is left out.
func TestContributingNamesExistingTests(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, pattern := range []string{"*_test.go", "*/*_test.go", "*/*/*_test.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(tests.String(), "func "+name[1]+"(") {
			t.Errorf("CONTRIBUTING.md names %s, which does not exist", name[1])
		}
	}
}
