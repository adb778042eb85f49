// Command gen generates the code for enums that mStudio fills: graph/scalar/enums_gen.go, its test table, and
// rest/enums_gen.go. It pairs each value of an enum in the schema with a constant of the type with the same name in
// package rest.
//
// It runs before gqlgen and parses its input without type checking, so it works if packages do not compile yet.
package main

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"os"
	"text/template"
)

//go:embed *.tmpl
var templates embed.FS

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "scalar/gen:", err)
		os.Exit(1) //nolint:forbidigo // a program of its own
	}
}

func run() error {
	files, err := generate()
	if err != nil {
		return err
	}
	for path, source := range files {
		if err := os.WriteFile(path, source, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the generated files by their paths.
func generate() (map[string][]byte, error) {
	schema, err := os.ReadFile("graph/schema.graphqls")
	if err != nil {
		return nil, err
	}
	constants, err := readConstants("rest")
	if err != nil {
		return nil, err
	}
	enums, err := pair(string(schema), constants)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for path, template := range map[string]string{
		"graph/scalar/enums_gen.go":      "scalar.go.tmpl",
		"graph/scalar/enums_gen_test.go": "scalar_test.go.tmpl",
		"rest/enums_gen.go":              "rest.go.tmpl",
	} {
		if files[path], err = render(template, enums); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return files, nil
}

func render(name string, enums []enum) ([]byte, error) {
	parsed, err := template.ParseFS(templates, name)
	if err != nil {
		return nil, err
	}
	var source bytes.Buffer
	if err := parsed.Execute(&source, enums); err != nil {
		return nil, err
	}
	return format.Source(source.Bytes())
}
