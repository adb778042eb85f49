package main

import (
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each module in "go version -m" occurs once, with a package URL.
func TestBillOfTheGateway(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "mstudio-graphql")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Dir = "../.."
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	result := billOf(info)
	if result.Metadata.Component.Name != "mstudio-graphql" || len(result.Components) != len(info.Deps)+1 {
		t.Errorf("%d components for %d modules of %s", len(result.Components), len(info.Deps), result.Metadata.Component.Name)
	}
	listed, err := exec.CommandContext(t.Context(), "go", "version", "-m", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	purl := regexp.MustCompile(`^pkg:golang/[\w.~/-]+@v?\d+\.\d+[\w.+-]*$`)
	seen := map[string]bool{}
	for _, one := range result.Components {
		if seen[one.Ref] || !purl.MatchString(one.PURL) {
			t.Errorf("%+v", one)
		}
		seen[one.Ref] = true
		if one.Name != "std" && !strings.Contains(string(listed), "\t"+one.Name+"\t"+one.Version+"\t") {
			t.Errorf("%s is not in go version -m", one.PURL)
		}
	}
	for _, name := range []string{"github.com/99designs/gqlgen", "github.com/vektah/gqlparser/v2", "std"} {
		if !slices.ContainsFunc(result.Components, func(one component) bool { return one.Name == name }) {
			t.Errorf("%s is missing", name)
		}
	}
	text, err := json.Marshal(result)
	if err != nil || !strings.Contains(string(text), `"bomFormat":"CycloneDX"`) {
		t.Errorf("%v: %s", err, text)
	}
}

func TestInvalidArguments(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("not a binary"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{nil, {text}, {text + ".missing"}, {"a", "b"}, {"a", "b", "c"}} {
		if err := run(arguments); err == nil {
			t.Errorf("%v: no error", arguments)
		}
	}
}

// The file has the same bill as standard output.
func TestBillInFile(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bill.json")
	if err := run([]string{program, path}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var written bill
	if err := json.Unmarshal(text, &written); err != nil || !slices.Equal(written.Components, billOf(info).Components) {
		t.Errorf("%v: %s", err, text)
	}
}
