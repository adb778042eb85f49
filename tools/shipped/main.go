// Command shipped compares the files of a release with each other: the binary and its page, the bill of materials and the
// third-party notices.
//
//	go -C tools run ./shipped BINARY BILL NOTICES
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mstudio-graphql/tools/inventory"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: shipped BINARY BILL NOTICES")
		os.Exit(2)
	}
	if err := check(context.Background(), "..", os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// check checks a release of the module in root.
func check(ctx context.Context, root, binary, bill, notices string) error {
	_, modules, err := inventory.ModulesOf(ctx, root, binary)
	if err != nil {
		return err
	}
	packages, err := inventory.Packages(root)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	components := slices.Concat(modules, packages)
	return errors.Join(
		inventory.CheckVersions(components), checkPage(filepath.Join(root, "playground", "dist"), content, packages),
		checkBill(bill, components), checkNotices(notices, components),
	)
}

// checkPage checks that the binary contains the page, and that each version in the scripts of the page is one of its packages.
func checkPage(directory string, binary []byte, packages []inventory.Component) error {
	files, err := filepath.Glob(filepath.Join(directory, "*.gz"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("%s has no page: %w", directory, err)
	}
	versions := map[string]bool{}
	for _, component := range packages {
		versions[component.Version] = true
	}
	var failures []error
	for _, file := range files {
		compressed, plain, err := inventory.PageFile(file)
		if err != nil {
			return err
		}
		if !bytes.Contains(binary, compressed) {
			failures = append(failures, fmt.Errorf("the binary does not contain %s", file))
		}
		for _, found := range scriptVersion.FindAllSubmatch(plain, -1) {
			if version := string(found[1]); strings.HasSuffix(file, ".js.gz") && !versions[version] {
				failures = append(failures, fmt.Errorf("%s contains something of version %s, which is not in packages.json", file, version))
			}
		}
	}
	return errors.Join(failures...)
}

// scriptVersion matches the version that a library assigns to itself.
var scriptVersion = regexp.MustCompile(`\bversion[=:]"(\d+\.\d+\.\d+)"`)

// checkBill checks that a bill of materials has exactly the components.
func checkBill(path string, components []inventory.Component) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var bill inventory.Bill
	if err := json.Unmarshal(text, &bill); err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, entry := range bill.Components {
		listed[textOf(entry)] = true
	}
	var failures []error
	for _, want := range inventory.NewBill(inventory.Component{}, components).Components {
		if !listed[textOf(want)] {
			failures = append(failures, fmt.Errorf("%s lacks %s, or has other data", path, want.PURL))
		}
	}
	if len(bill.Components) != len(components) || bill.SerialNumber == "" {
		failures = append(failures, fmt.Errorf("%s has %d components instead of %d, serial number %q", path, len(bill.Components), len(components), bill.SerialNumber))
	}
	return errors.Join(failures...)
}

// textOf returns an entry in a form that can be compared.
func textOf(entry inventory.Entry) string {
	return fmt.Sprintf("%+v", entry)
}

// checkNotices checks that the notices name each component with its licence at the beginning of a line.
func checkNotices(path string, components []inventory.Component) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var failures []error
	for _, component := range components {
		title := component.Title() + ": " + component.Licence()
		if component.Version == "" {
			title = component.Name + " in "
		}
		if !bytes.Contains(text, []byte("\n"+title)) {
			failures = append(failures, fmt.Errorf("%s lacks %s", path, title))
		}
	}
	return errors.Join(failures...)
}
