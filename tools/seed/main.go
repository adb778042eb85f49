// Command seed generates the sandbox's demo data.
//
//	go -C tools run ./seed [FILE]
//
// To change the demo data:
//
//  1. Edit the source: texts in texts/*.txt, customers and users in tenants.go, conversations in conversations.go,
//     messages in messages.go, projects and other objects in inventory.go, unknown values in future.go. The wire types
//     repeat those of the sandbox, because the generator does not import it.
//  2. Declare a new field in the sandbox as well, for example in the type conversation of sandbox/conversations.go. The
//     sandbox rejects data with an undeclared field.
//  3. Run "go generate ./sandbox/data", then "go test ./sandbox ./gateway".
//
// Derive new values from the index of a conversation or message, not from its random source, because an additional draw
// changes all later values of the source. Without an argument, the command prints the data:
//
//	go -C tools run ./seed | jq
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/klauspost/compress/zstd"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	text, err := encode(newSeed())
	if err != nil {
		return err
	}
	if len(arguments) == 1 {
		return update(arguments[0], text)
	}
	_, err = os.Stdout.Write(text)
	return err
}

// update writes the data to a file, compressed. It leaves a file with the same data as it is, because the compressed
// bytes differ between versions of the encoder.
func update(path string, text []byte) error {
	if present, err := read(path); err == nil && bytes.Equal(present, text) {
		return nil
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return err
	}
	return os.WriteFile(path, encoder.EncodeAll(text, nil), 0o644) //nolint:gosec // not secret
}

// encode returns the data as JSON. It does not escape <, > and &, because the sandbox serves parts of it unchanged.
func encode(s *seed) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s)
	return text.Bytes(), err
}

// read returns the data of a file, decompressed.
func read(path string) ([]byte, error) {
	compressed, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	return decoder.DecodeAll(compressed, nil)
}
