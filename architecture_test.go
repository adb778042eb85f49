package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A page that names a file which has moved sends its readers astray.
func TestArchitecturePageNamesExistingFiles(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b(?:server\.go|(?:deploy|docs|e2e|examples|gateway|graph|internal|playground|rest|sandbox|tools)/[\w./-]*)`)
	paths := named.FindAllString(string(page), -1)
	if len(paths) < 50 {
		t.Fatalf("the page names only %d files: is the pattern still right?", len(paths))
	}
	for _, path := range paths {
		if _, err := os.Stat(strings.TrimRight(path, ".")); err != nil {
			t.Errorf("the page names %s, which does not exist", path)
		}
	}
}
