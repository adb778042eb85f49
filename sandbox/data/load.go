// Package data holds the demo data of the sandbox: its initial conversations, users and other objects. The command
// tools/seed generates the file and documents how to change the data.
package data

import (
	"bytes"
	_ "embed" // the data
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

//go:generate go -C ../../tools run ./seed ../sandbox/data/seed.json.zst

//go:embed seed.json.zst
var compressed []byte

// Decode decodes the data into a pointer. It returns an error if the data has a field that the type does not declare.
func Decode(into any) error {
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		return fmt.Errorf("sandbox data: %w", err)
	}
	defer decoder.Close()
	text, err := decoder.DecodeAll(compressed, nil)
	if err != nil {
		return fmt.Errorf("sandbox data: %w", err)
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	strict.UseNumber()
	if err := strict.Decode(into); err != nil {
		return fmt.Errorf("sandbox data: %w", err)
	}
	return nil
}
