// Command licences lists the modules in a binary with their licences. It fails if it does not find a module's licence or
// if the licence is not in [permitted].
//
//	licences BINARY
//
// Run it in the directory of the module of the binary.
package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: licences BINARY")
		os.Exit(2)
	}
	if err := check(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(ctx context.Context, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	var failures []error
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		found, err := licencesOf(ctx, module.Path)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s %s: %w", module.Path, module.Version, err))
			continue
		}
		fmt.Printf("%-24s %s %s\n", strings.Join(found, " and "), module.Path, module.Version)
	}
	fmt.Printf("%-24s the standard library of %s\n", "BSD", info.GoVersion)
	return errors.Join(failures...)
}

// licencesOf returns the names of the licences in the root directory of a module.
func licencesOf(ctx context.Context, module string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	dir := strings.TrimSpace(string(out))
	if dir == "" {
		return nil, errors.New("module is not in the module cache")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		if !licenceFile.MatchString(entry.Name()) || entry.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		name, ok := classify(string(text))
		if !ok {
			return nil, fmt.Errorf("licence in %s is unknown or not permitted", entry.Name())
		}
		found = append(found, name)
	}
	if len(found) == 0 {
		return nil, errors.New("no licence file")
	}
	return found, nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)([.-].*)?$`)
