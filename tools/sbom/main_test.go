package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/tools/inventory"
)

// root is the module of the product.
const root = "../.."

func buildGateway(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "mstudio-graphql")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return binary
}

// Each module in "go version -m" and each package of the page occurs once, with a package URL, a licence and a checksum.
func TestBillOfTheGateway(t *testing.T) {
	t.Parallel()
	binary := buildGateway(t)
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	packages, err := inventory.Packages(root)
	if err != nil {
		t.Fatal(err)
	}
	result, err := billOf(t.Context(), root, binary)
	if err != nil {
		t.Fatal(err)
	}
	if result.Metadata.Component.Name != "mstudio-graphql" || len(result.Components) != len(info.Deps)+1+len(packages) || len(packages) < 80 {
		t.Errorf("%d components for %d modules and %d packages of %s", len(result.Components), len(info.Deps), len(packages), result.Metadata.Component.Name)
	}
	purl := regexp.MustCompile(`^pkg:(golang/[\w.~/-]+@v?\d+\.\d+[\w.+-]*|npm/(%40[\w-]+/)?[\w.-]+@\d+\.\d+[\w.-]*|generic/[\w-]+)$`)
	seen := map[string]bool{}
	for _, one := range result.Components {
		hasHash := len(one.Hashes) == 1 || one.Name == "std" || one.Name == "marked" || strings.HasPrefix(one.PURL, "pkg:generic/")
		if seen[one.Ref] || !purl.MatchString(one.PURL) || len(one.Licences) != 1 || !hasHash {
			t.Errorf("%+v", one)
		}
		seen[one.Ref] = true
	}
	for name, licence := range map[string]string{
		"github.com/99designs/gqlgen": "MIT", "std": "BSD-3-Clause", "go.opentelemetry.io/otel": "Apache-2.0 AND BSD-3-Clause",
		"dompurify": "Apache-2.0", "@graphiql/react": "MIT", "marked": "MIT", "fira-code": "OFL-1.1",
	} {
		if !slices.ContainsFunc(result.Components, func(one inventory.Entry) bool { return one.Name == name && one.Licences[0].Expression == licence }) {
			t.Errorf("%s is missing, or does not have the licence %s", name, licence)
		}
	}
}

// Equal binaries yield equal bills, in a file and on standard output.
func TestBillInFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bill.json")
	gateway := buildGateway(t)
	if err := run(t.Context(), root, []string{gateway, path}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := billOf(t.Context(), root, gateway)
	if err != nil {
		t.Fatal(err)
	}
	var written inventory.Bill
	second, _ := encode(again)
	if err := json.Unmarshal(text, &written); err != nil || !bytes.Equal(text, second) || !strings.HasPrefix(written.SerialNumber, "urn:uuid:") {
		t.Errorf("%v: %.200s", err, text)
	}
}

func TestInvalidArguments(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("not a binary"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{nil, {text}, {text + ".missing"}, {"a", "b"}, {"a", "b", "c"}} {
		if err := run(t.Context(), root, arguments); err == nil {
			t.Errorf("%v: no error", arguments)
		}
	}
}
