// Package examples holds operations for frontends, with variables for the sandbox.
package examples

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

//go:embed *.graphql *.variables.json
var files embed.FS

// Example is an operation.
type Example struct {
	// Name is the name of the file without its extension.
	Name string
	// Query is the text of the operation.
	Query string
	// Variables is a JSON object with variables for the first demo token. It is empty if the operation has no variables.
	Variables string
}

// All returns the inbox first, then other queries, then mutations.
func All() ([]Example, error) {
	names, err := fs.Glob(files, "*.graphql")
	if err != nil {
		return nil, err
	}
	var all []Example
	for _, file := range names {
		name := strings.TrimSuffix(file, ".graphql")
		query, err := files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		variables, err := files.ReadFile(name + ".variables.json")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		all = append(all, Example{name, string(query), string(variables)})
	}
	slices.SortStableFunc(all, func(a, b Example) int { return a.rank() - b.rank() })
	return all, nil
}

// rank returns the position of the example's group in [All].
func (e Example) rank() int {
	switch {
	case e.Name == "inbox":
		return 0
	case strings.Contains(e.Query, "\nmutation "):
		return 2
	}
	return 1
}
