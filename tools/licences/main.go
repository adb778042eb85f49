// Command licences lists the third-party components of a release with their licences, and writes all licence texts to a file. It
// fails if a licence is missing, unknown or not permitted.
//
//	go -C tools run ./licences FILE
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"mstudio-graphql/tools/inventory"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: licences FILE")
		os.Exit(2)
	}
	if err := write(context.Background(), "..", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the notices of the module in root.
func write(ctx context.Context, root, path string) error {
	modules, err := inventory.LinkedModules(ctx, root, []string{"darwin", "linux", "windows"})
	if err != nil {
		return err
	}
	packages, err := inventory.Packages(root)
	if err != nil {
		return err
	}
	for _, component := range append(modules, packages...) {
		fmt.Printf("%-28s %s\n", component.Licence(), component.Title())
	}
	_, page, err := inventory.PageFile(root + "/playground/dist/licences.txt.gz")
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(noticesOf(modules, string(page))), 0o644) //nolint:gosec // not secret
}

const line = "\n\n--------------------------------------------------------------------------------\n\n"

// noticesOf returns the texts of modules, equal ones once, and those of the page.
func noticesOf(modules []inventory.Component, page string) string {
	var texts []string
	titles := map[string][]string{}
	for _, module := range modules {
		text := strings.Join(module.Texts, "\n\n")
		if titles[text] == nil {
			texts = append(texts, text)
		}
		titles[text] = append(titles[text], module.Title()+": "+module.Licence())
	}
	notices := []string{"Third-party components of mstudio-graphql\n\nThe program contains the Go modules and, for its page /playground, the npm packages below."}
	for _, text := range texts {
		notices = append(notices, strings.Join(titles[text], "\n")+"\n\n"+text)
	}
	return strings.Join(append(notices, page), line)
}
