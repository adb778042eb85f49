package drift_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/internal/drift"
)

// openAPI returns the directory with mStudio's documents, which are not part of this repository.
func openAPI(t *testing.T) string {
	t.Helper()
	directory := os.Getenv("OPENAPI_DIR") //nolint:forbidigo // CI says where the documents are
	if directory == "" {
		t.Skip("NOT RUN: OPENAPI_DIR is not set to the directory of mStudio's documents")
	}
	return directory
}

func document(t *testing.T, file string) *drift.Document {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := drift.ParseDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func manifest(t *testing.T) drift.Manifest {
	t.Helper()
	read, err := drift.ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// mStudio's document of today has no difference but those that are ignored.
func TestToday(t *testing.T) {
	t.Parallel()
	ignored, err := drift.DefaultIgnored()
	if err != nil {
		t.Fatal(err)
	}
	today := document(t, filepath.Join(openAPI(t), "openapi-2026-08.json"))
	got := drift.NewReport(drift.Compare(manifest(t), today, "v2"), ignored)
	wantEqual(t, "report for today's document", []drift.Finding{}, got.Findings)
	if got.Ignored == 0 {
		t.Error("nothing is ignored")
	}
}

// Each change of mStudio's documents, seen by a gateway that knew the state before it.
func TestHistory(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(openAPI(t), "history", "*.json"))
	if err != nil || len(files) < 2 {
		t.Fatal("no history", err)
	}
	var got strings.Builder
	for i := range files[1:] {
		got.WriteString("# " + filepath.Base(files[i+1]) + "\n")
		for _, line := range transition(t, files[i], files[i+1]) {
			got.WriteString(line + "\n")
		}
	}
	const golden = "testdata/history.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, golden+" (-update writes it)", string(want), got.String())
}

// transition returns what changes from one document to the next for a gateway that reads what the first one has.
func transition(t *testing.T, before, after string) (lines []string) {
	t.Helper()
	from, to := document(t, before), document(t, after)
	old := since(manifest(t), drift.Compare(manifest(t), from, "v2"))
	var known []string
	for _, finding := range drift.Compare(old, from, "v2") {
		known = append(known, finding.String())
	}
	for _, finding := range drift.Compare(old, to, "v2") {
		if line := finding.String(); !slices.Contains(known, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// since returns the manifest without what a document lacks, which findings list.
func since(manifest drift.Manifest, findings []drift.Finding) drift.Manifest {
	missing := map[string]bool{} // places, and values after "="
	for _, finding := range findings {
		_, value, isValue := strings.Cut(finding.Subject, "=")
		isValue = isValue && !strings.Contains(value, ">")
		for _, place := range finding.Places {
			switch {
			case finding.Kind != drift.Lost && finding.Kind != drift.Request:
			case isValue:
				missing[place+"="+value] = true
			default:
				missing[place] = true
			}
		}
	}
	var routes []drift.Route
	for _, route := range manifest.Routes {
		method, path, _ := strings.Cut(route.Name, " ")
		place := method + " /v2" + path
		if missing[place] {
			continue
		}
		route.Reads, route.Sends = without(route.Reads, place, missing), without(route.Sends, place, missing)
		route.Parameters = without(route.Parameters, place+" parameter", missing)
		route.Headers = slices.DeleteFunc(slices.Clone(route.Headers), func(header drift.Member) bool { return missing[place+" "+header.Path] })
		routes = append(routes, route)
	}
	return drift.Manifest{Routes: routes}
}

func without(members []drift.Member, place string, missing map[string]bool) (kept []drift.Member) {
	for _, member := range members {
		at := place + " " + member.Path
		if missing[at] || belowMissing(at, missing) {
			continue
		}
		member.Values = slices.DeleteFunc(slices.Clone(member.Values), func(value string) bool { return missing[at+"="+value] })
		kept = append(kept, member)
	}
	return kept
}

// belowMissing reports whether a place is below one that is missing.
func belowMissing(at string, missing map[string]bool) bool {
	for gone := range missing {
		if rest, ok := strings.CutPrefix(at, gone); ok && rest != "" && strings.ContainsAny(rest[:1], ".[<{") {
			return true
		}
	}
	return false
}
