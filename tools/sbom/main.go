// Command sbom says what a binary of Go is made of, in the JSON of CycloneDX 1.6, from what the binary itself says. The
// same binary always gives the same text.
//
//	go -C tools run ./sbom BINARY [FILE]
//
// It writes to FILE, or to the standard output.
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
		return os.WriteFile(arguments[1], text.Bytes(), 0o644) //nolint:gosec // it is published
	}
	_, err = os.Stdout.Write(text.Bytes())
	return err
}

// billOf lists the modules that are linked, and the standard library.
func billOf(info *debug.BuildInfo) bill {
	program := moduleComponent("application", info.Main)
	made := bill{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{program}, Components: []component{}}
	golang := moduleComponent("library", debug.Module{Path: "std", Version: strings.TrimPrefix(info.GoVersion, "go")})
	made.Components = append(made.Components, golang)
	for _, module := range info.Deps {
		for module.Replace != nil {
			module = module.Replace
		}
		made.Components = append(made.Components, moduleComponent("library", *module))
	}
	needs := dependency{Ref: program.Ref}
	for _, one := range made.Components {
		needs.Depends = append(needs.Depends, one.Ref)
	}
	made.Depends = []dependency{needs}
	return made
}

func moduleComponent(kind string, module debug.Module) component {
	url := "pkg:golang/" + module.Path
	if module.Version != "" {
		url += "@" + module.Version
	}
	return component{Type: kind, Ref: url, Name: module.Path, Version: module.Version, PURL: url}
}
