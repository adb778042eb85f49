// Command sbom writes the bill of materials of a Go binary as CycloneDX 1.6 JSON, from the build information in the binary.
// Equal binaries yield equal bills.
//
//	go -C tools run ./sbom BINARY [FILE]
//
// It writes to FILE, or to standard output.
package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

type bill struct {
	Format      string       `json:"bomFormat"`
	SpecVersion string       `json:"specVersion"`
	Version     int          `json:"version"`
	Metadata    metadata     `json:"metadata"`
	Components  []component  `json:"components"`
	Depends     []dependency `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type    string `json:"type"`
	Ref     string `json:"bom-ref"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	PURL    string `json:"purl"`
}

type dependency struct {
	Ref     string   `json:"ref"`
	Depends []string `json:"dependsOn"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) < 1 || len(arguments) > 2 {
		return fmt.Errorf("usage: sbom BINARY [FILE]")
	}
	info, err := buildinfo.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(billOf(info)); err != nil {
		return err
	}
	if len(arguments) == 2 {
		return os.WriteFile(arguments[1], text.Bytes(), 0o644) //nolint:gosec // not secret
	}
	_, err = os.Stdout.Write(text.Bytes())
	return err
}

// billOf lists the linked modules and the standard library.
func billOf(info *debug.BuildInfo) bill {
	program := moduleComponent("application", info.Main)
	result := bill{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{program}, Components: []component{}}
	golang := moduleComponent("library", debug.Module{Path: "std", Version: strings.TrimPrefix(info.GoVersion, "go")})
	result.Components = append(result.Components, golang)
	for _, module := range info.Deps {
		for module.Replace != nil {
			module = module.Replace
		}
		result.Components = append(result.Components, moduleComponent("library", *module))
	}
	needs := dependency{Ref: program.Ref}
	for _, one := range result.Components {
		needs.Depends = append(needs.Depends, one.Ref)
	}
	result.Depends = []dependency{needs}
	return result
}

func moduleComponent(kind string, module debug.Module) component {
	url := "pkg:golang/" + module.Path
	if module.Version != "" {
		url += "@" + module.Version
	}
	return component{Type: kind, Ref: url, Name: module.Path, Version: module.Version, PURL: url}
}
