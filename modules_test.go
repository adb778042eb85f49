package main

import (
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A single request can crash older versions of these modules.
func TestVersionsOfModules(t *testing.T) {
	t.Parallel()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("no build info")
	}
	linked := map[string]string{}
	for _, module := range info.Deps {
		linked[module.Path] = module.Version
	}
	for module, least := range map[string]string{"github.com/vektah/gqlparser/v2": "v2.5.64", "github.com/99designs/gqlgen": "v0.17.95"} {
		if got := linked[module]; slices.Compare(numbers(t, got), numbers(t, least)) < 0 {
			t.Errorf("%s: want at least %s, got %s", module, least, got)
		}
	}
}

// numbers parses a version such as v2.5.64.
func numbers(t *testing.T, version string) []int {
	t.Helper()
	var found []int
	for part := range strings.SplitSeq(strings.TrimPrefix(version, "v"), ".") {
		number, err := strconv.Atoi(part)
		if err != nil {
			t.Fatalf("version %q: %v", version, err)
		}
		found = append(found, number)
	}
	return found
}
