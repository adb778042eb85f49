package graph_test

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// No error code, setting, metric or label of the last release is missing without a line in the changelog.
func TestReleasedNames(t *testing.T) {
	t.Parallel()
	names := contractNames(t)
	if len(names) < 300 {
		t.Fatalf("only %d names: %q", len(names), names)
	}
	compareReleased(t, "names.txt", "TestReleasedNames", strings.Join(names, "\n")+"\n", func(released string) []change {
		return removedNames(strings.Fields(released), names)
	})
}

// contractNames returns the error codes, and the names in the tables of docs/operations.md, which tests compare with the code.
// A label follows its metric: "requests_total{route}".
func contractNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, code := range regexp.MustCompile(`Code = "([A-Z_]+)"`).FindAllStringSubmatch(readFile(t, "model/code.go"), -1) {
		names = append(names, code[1])
	}
	name := regexp.MustCompile("`([^`]+)`")
	for row := range tableRows(readFile(t, "../docs/operations.md"), "settings") {
		for _, flag := range name.FindAllStringSubmatch(row[1]+row[2], -1) {
			names = append(names, flag[1])
		}
	}
	for row := range tableRows(readFile(t, "../docs/operations.md"), "metrics") {
		metric := strings.Trim(row[1], " `")
		if !strings.HasPrefix(metric, "mstudio_") {
			continue
		}
		names = append(names, metric)
		for _, label := range name.FindAllStringSubmatch(row[3], -1) {
			names = append(names, metric+"{"+label[1]+"}")
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// tableRows yields the cells of the rows of the tables below a marker; the first is empty.
func tableRows(page, marker string) iter.Seq[[]string] {
	_, tables, _ := strings.Cut(page, "<!-- "+marker+" -->")
	tables, _, _ = strings.Cut(tables, "<!-- end -->")
	return func(yield func([]string) bool) {
		for line := range strings.Lines(tables) {
			if strings.HasPrefix(line, "|") && !yield(strings.Split(line, "|")) {
				return
			}
		}
	}
}

func removedNames(released, now []string) (removed []change) {
	for _, name := range released {
		if !slices.Contains(now, name) {
			removed = append(removed, change{Coordinate: name, Text: "is gone", IsBreaking: true})
		}
	}
	return removed
}

func TestRemovedNames(t *testing.T) {
	t.Parallel()
	log := parseChangelog("# Changelog\n\n## [Unreleased]\n\n### Removed\n\n- `--old`.\n\n## [1.0.0] - 2026-01-01\n")
	var problems []string
	for _, change := range removedNames([]string{"--kept", "--old", "calls_total{route}"}, []string{"--kept", "--new"}) {
		problems = append(problems, log.problem(change))
	}
	want := []string{"", "name `calls_total{route}` in CHANGELOG.md under Changed or Removed"}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
