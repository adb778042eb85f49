package main

import (
	"bytes"
	"go/format"
	"os"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
)

// TestGeneratedFileIsUpToDate fails if the schema, the bindings or the template have changed since "make generate". It
// changes the working directory, so it cannot be parallel.
func TestGeneratedFileIsUpToDate(t *testing.T) {
	t.Chdir("../../..")
	data, err := load()
	if err != nil {
		t.Fatal(err)
	}
	var source bytes.Buffer
	if err := template.Must(template.New("render").Parse(templateText)).Execute(&source, newModel(data)); err != nil {
		t.Fatal(err)
	}
	want, err := format.Source(source.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(string(want), string(got)); difference != "" {
		t.Errorf("%s is out of date, run make generate (-want +got):\n%s", target, difference)
	}
}
