// Command gen generates graph/generated/render.go, the writers of package render, from the schema and gqlgen's bindings.
// It runs after gqlgen and reads the same configuration, so a new field needs no edit here.
//
// It also writes graph/generated/federation.go. gqlgen treats _entities and _service as fields of its federation plugin,
// and calls two methods instead of resolvers.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"text/template"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
)

const (
	target           = "graph/generated/render.go"
	federationTarget = "graph/generated/federation.go"
)

//go:embed render.go.tmpl
var templateText string

//go:embed federation.go.txt
var federationSource []byte

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "render/gen:", err)
		os.Exit(1) //nolint:forbidigo // a separate program
	}
}

func generate() error {
	data, err := load()
	if err != nil {
		return err
	}
	parsed, err := template.New("render").Parse(templateText)
	if err != nil {
		return err
	}
	var source bytes.Buffer
	if err := parsed.Execute(&source, newModel(data)); err != nil {
		return err
	}
	formatted, err := format.Source(source.Bytes())
	if err != nil {
		return fmt.Errorf("%w\n%s", err, source.Bytes())
	}
	if err := os.WriteFile(federationTarget, federationSource, 0o600); err != nil {
		return err
	}
	return os.WriteFile(target, formatted, 0o600)
}

// load has gqlgen bind the schema again. Input types are bound to the types that gqlgen has just generated.
func load() (*codegen.Data, error) {
	settings, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return nil, err
	}
	settings.AutoBind = append(settings.AutoBind, "mstudio-graphql/"+filepath.ToSlash(filepath.Dir(target)))
	if err := settings.LoadSchema(); err != nil {
		return nil, err
	}
	if err := settings.Init(); err != nil {
		return nil, err
	}
	return codegen.BuildData(settings)
}
