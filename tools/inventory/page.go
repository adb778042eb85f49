package inventory

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Packages returns the packages in the page, which the build of the page has listed.
func Packages(root string) ([]Component, error) {
	text, err := os.ReadFile(filepath.Join(root, "playground", "packages.json"))
	if err != nil {
		return nil, err
	}
	var listed []struct {
		Name      string `json:"name"`
		Type      string `json:"type"`
		Version   string `json:"version"`
		License   string `json:"license"`
		Integrity string `json:"integrity"`
	}
	if err := json.Unmarshal(text, &listed); err != nil {
		return nil, err
	}
	components := make([]Component, 0, len(listed))
	for _, entry := range listed {
		component := Component{Kind: entry.Type, Name: entry.Name, Version: entry.Version, Licences: strings.Split(entry.License, " AND ")}
		component.Algorithm, component.Hash = hashOf(entry.Integrity, "sha512-", "SHA-512")
		components = append(components, component)
	}
	return components, nil
}

// maxPageFile is the maximum size of a file of the page, in bytes. The largest has 5 MB.
const maxPageFile = 100 << 20

// PageFile returns a file of the page as the binary contains it, and its content.
func PageFile(path string) (compressed, plain []byte, err error) {
	if compressed, err = os.ReadFile(path); err != nil {
		return nil, nil, err
	}
	reader, err := gzip.NewReader(strings.NewReader(string(compressed)))
	if err != nil {
		return nil, nil, err
	}
	plain, err = io.ReadAll(io.LimitReader(reader, maxPageFile)) //nolint:forbidigo // bounded
	return compressed, plain, err
}
