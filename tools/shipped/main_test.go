package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mstudio-graphql/tools/inventory"
)

func component(kind, name, version, licence string) inventory.Component {
	return inventory.Component{Kind: kind, Name: name, Version: version, Licences: []string{licence}}
}

func components() []inventory.Component {
	return []inventory.Component{
		component("golang", "example.com/a", "v1.0.0", "MIT"), component("npm", "dompurify", "3.5.0", "Apache-2.0"), component("generic", "a-font", "", "OFL-1.1"),
	}
}

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantError(t *testing.T, name, want string, err error) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: want %q, got %v", name, want, err)
	}
}

func TestKnownBadVersions(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"3.1.7": "dompurify 3.1.7 has known vulnerabilities", "3.4.10": "dompurify 3.4.10", "3.4.11": "", "4.0.0": ""} {
		wantError(t, version, want, inventory.CheckVersions([]inventory.Component{component("npm", "dompurify", version, "Apache-2.0")}))
	}
	wantError(t, "another registry", "", inventory.CheckVersions([]inventory.Component{component("generic", "dompurify", "3.1.7", "Apache-2.0")}))
	wantError(t, "marked", "marked 0.3.1", inventory.CheckVersions([]inventory.Component{component("npm", "marked", "0.3.1", "MIT")}))
}

// A copy of a library that the list of packages does not have, or has in another version, is found in the scripts.
func TestCheckPage(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		`e.version="3.5.0",e.removed=[]`: "", `e.version="3.1.7",e.removed=[]`: "of version 3.1.7", `{version:"1.2.3"}`: "of version 1.2.3", `x="1.2.3"`: "",
	} {
		var compressed bytes.Buffer
		writer := gzip.NewWriter(&compressed)
		_, _ = writer.Write([]byte(script))
		_ = writer.Close()
		directory := filepath.Dir(file(t, "main.js.gz", compressed.Bytes()))
		binary := append([]byte("ELF"), compressed.Bytes()...)
		wantError(t, script, want, checkPage(directory, binary, components()))
		wantError(t, script, "the binary does not contain", checkPage(directory, binary[:10], components()))
	}
	wantError(t, "no page", "has no page", checkPage(t.TempDir(), nil, nil))
}

func TestCheckBill(t *testing.T) {
	t.Parallel()
	for want, listed := range map[string][]inventory.Component{
		"":                              components(),
		"lacks pkg:npm/dompurify@3.5.0": {components()[0], component("npm", "dompurify", "3.1.7", "Apache-2.0"), components()[2]},
		"lacks pkg:generic/a-font":      components()[:2],
		"lacks pkg:golang/example.com/a@v1.0.0, or has other data": {
			component("golang", "example.com/a", "v1.0.0", "ISC"), components()[1], components()[2],
		},
		"4 components instead of 3": append(components(), component("npm", "b", "1.0.0", "MIT")),
	} {
		bill := inventory.NewBill(inventory.Component{}, listed)
		bill.SerialNumber = "urn:uuid:1"
		text, err := json.Marshal(bill)
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, "bill", want, checkBill(file(t, "bill.json", text), components()))
	}
}

func TestCheckNotices(t *testing.T) {
	t.Parallel()
	const all = "Notices\nexample.com/a v1.0.0: MIT\n\ndompurify 3.5.0: Apache-2.0\n\na-font in a.css: OFL-1.1\n"
	for text, want := range map[string]string{
		all: "", strings.Replace(all, "3.5.0", "3.1.7", 1): "lacks dompurify 3.5.0", strings.Replace(all, "\na-font", "\nb-font", 1): "lacks a-font",
		strings.Replace(all, "MIT", "ISC", 1): "lacks example.com/a v1.0.0: MIT",
	} {
		wantError(t, text, want, checkNotices(file(t, "NOTICES", []byte(text)), components()))
	}
}
