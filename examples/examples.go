// Package examples holds operations that frontends need, with variables that fit the sandbox.
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
	// Name is the name of its file, without the extension.
	Name string
	// Query is its text.
	Query string
	// Variables is a JSON object that fits the sandbox's first demo caller. Empty if the operation needs none.
	Variables string
}

// All returns the examples in an order in which one would try them: the inbox, other queries, then what changes data.
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

func (e Example) rank() int {
	switch {
	case e.Name == "inbox":
		return 0
	case strings.Contains(e.Query, "\nmutation "):
		return 2
	}
	return 1
}
