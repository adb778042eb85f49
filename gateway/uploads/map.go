package uploads

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"mstudio-graphql/graph/model"
)

// mappedFile is an entry of the part "map".
type mappedFile struct {
	name  string
	paths []string
}

var errInvalidMap = errors.New("invalid map of files")

// parseFileMap parses the part "map" in its order, which a Go map would lose. Like "operations", it may start with a byte order
// mark.
func parseFileMap(text []byte) ([]mappedFile, error) {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, errInvalidMap
	}
	var mapped []mappedFile
	names := map[string]bool{}
	for decoder.More() {
		var entry mappedFile
		key, err := decoder.Token()
		if err != nil {
			return nil, errInvalidMap
		}
		entry.name, _ = key.(string) // a key is always a string
		if err := decoder.Decode(&entry.paths); err != nil || names[entry.name] {
			return nil, errInvalidMap
		}
		names[entry.name] = true
		mapped = append(mapped, entry)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errInvalidMap
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errInvalidMap
	}
	return mapped, nil
}

// place puts an upload where a path such as "variables.input.files.0" points. It reports whether there was a null.
func place(variables map[string]any, path string, upload model.Upload) bool {
	names := strings.Split(path, ".")
	if len(names) < 2 || names[0] != "variables" {
		return false
	}
	var parent any = variables
	for _, name := range names[1 : len(names)-1] {
		parent, _ = member(parent, name)
	}
	last := names[len(names)-1]
	if value, found := member(parent, last); !found || value != nil {
		return false
	}
	switch parent := parent.(type) {
	case map[string]any:
		parent[last] = upload
	case []any:
		index, _ := strconv.Atoi(last)
		parent[index] = upload
	}
	return true
}

// member returns an element of an object or a list.
func member(parent any, name string) (value any, found bool) {
	switch parent := parent.(type) {
	case map[string]any:
		value, found = parent[name]
	case []any:
		if index, err := strconv.Atoi(name); err == nil && index >= 0 && index < len(parent) {
			return parent[index], true
		}
	}
	return value, found
}
