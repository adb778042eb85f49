package inventory

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
)

// ModulesOf returns the modules of a binary, and the standard library. The root is the directory of the binary's module. The error
// names each module whose licence is missing, unknown or not permitted.
func ModulesOf(ctx context.Context, root, binary string) (*debug.BuildInfo, []Component, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, nil, err
	}
	modules, err := describe(ctx, root, info.Deps)
	if err == nil && modules[0].Version != strings.TrimPrefix(info.GoVersion, "go") {
		err = fmt.Errorf("%s is built with %s, not with Go %s", binary, info.GoVersion, modules[0].Version)
	}
	return info, modules, err
}

// LinkedModules returns the modules of the releases for all systems.
func LinkedModules(ctx context.Context, root string, systems []string) ([]Component, error) {
	found := map[string]*debug.Module{}
	for _, system := range systems {
		output, err := run(ctx, root, []string{"GOOS=" + system}, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Sum}}{{end}}{{end}}", ".")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(output) {
			if fields := strings.Fields(line); len(fields) == 3 {
				found[fields[0]] = &debug.Module{Path: fields[0], Version: fields[1], Sum: fields[2]}
			}
		}
	}
	modules := make([]*debug.Module, 0, len(found))
	for _, module := range found {
		modules = append(modules, module)
	}
	slices.SortFunc(modules, func(a, b *debug.Module) int { return cmp.Compare(a.Path, b.Path) })
	return describe(ctx, root, modules)
}

// describe reads the licences of modules, and adds the standard library.
func describe(ctx context.Context, root string, modules []*debug.Module) ([]Component, error) {
	directories, err := directoriesOf(ctx, root)
	if err != nil {
		return nil, err
	}
	var failures []error
	standard, err := standardLibrary(ctx, root)
	components := []Component{standard}
	failures = append(failures, err)
	for _, module := range modules {
		component, err := read(Component{Kind: "golang", Name: module.Path, Version: module.Version}, directories[module.Path])
		if module.Replace != nil {
			err = errors.Join(err, fmt.Errorf("%s is replaced, which is not supported", module.Path))
		}
		component.Algorithm, component.Hash = hashOf(module.Sum, "h1:", "SHA-256")
		components, failures = append(components, component), append(failures, err)
	}
	return components, errors.Join(failures...)
}

func standardLibrary(ctx context.Context, root string) (Component, error) {
	output, err := run(ctx, root, nil, "env", "GOROOT", "GOVERSION")
	if err != nil {
		return Component{}, err
	}
	directory, version, _ := strings.Cut(strings.TrimSpace(output), "\n")
	return read(Component{Kind: "golang", Name: "std", Version: strings.TrimPrefix(version, "go")}, directory)
}

// directoriesOf returns the directories in the module cache of all modules that the module in root requires.
func directoriesOf(ctx context.Context, root string) (map[string]string, error) {
	output, err := run(ctx, root, nil, "list", "-m", "-f", "{{.Path}} {{.Dir}}", "all")
	if err != nil {
		return nil, err
	}
	directories := map[string]string{}
	for line := range strings.Lines(output) {
		name, directory, _ := strings.Cut(strings.TrimSpace(line), " ")
		directories[name] = directory
	}
	return directories, nil
}

func run(ctx context.Context, root string, environment []string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir, command.Env = root, append(os.Environ(), environment...)
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", arguments[0], err)
	}
	return string(output), nil
}

// hashOf returns the hash of a checksum such as "h1:" and base64.
func hashOf(sum, prefix, algorithm string) (name, hash string) {
	text, ok := strings.CutPrefix(sum, prefix)
	data, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		return "", ""
	}
	return algorithm, hex.EncodeToString(data)
}

// read reads the licences and notices in the root directory of a module.
func read(component Component, directory string) (Component, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return component, fmt.Errorf("%s is not in the module cache: %w", component.Name, err)
	}
	for _, entry := range entries {
		kind := licenceFile.FindStringSubmatch(entry.Name())
		if kind == nil || entry.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		if err != nil {
			return component, err
		}
		component.Texts = append(component.Texts, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
		if kind[2] != "" { // a notice
			continue
		}
		names := classify(string(text))
		if len(names) == 0 {
			return component, fmt.Errorf("%s: the licence in %s is unknown or not permitted", component.Name, entry.Name())
		}
		component.Licences = append(component.Licences, names...)
	}
	if len(component.Licences) == 0 {
		return component, fmt.Errorf("%s: no licence file", component.Name)
	}
	return component, nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|(notice|patents))([.-].*)?$`)
