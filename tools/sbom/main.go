// Command sbom writes the bill of materials of the gateway's binary as CycloneDX 1.6 JSON: the modules in its build information,
// and the packages in its page. Equal binaries yield equal bills.
//
//	go -C tools run ./sbom BINARY [FILE]
//
// It writes to FILE, or to standard output.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/uuid"

	"mstudio-graphql/tools/inventory"
)

func main() {
	if err := run(context.Background(), "..", os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// run writes the bill of the binary of the module in root.
func run(ctx context.Context, root string, arguments []string) error {
	if len(arguments) < 1 || len(arguments) > 2 {
		return fmt.Errorf("usage: sbom BINARY [FILE]")
	}
	result, err := billOf(ctx, root, arguments[0])
	if err != nil {
		return err
	}
	text, err := encode(result)
	if err != nil {
		return err
	}
	if len(arguments) == 2 {
		return os.WriteFile(arguments[1], text, 0o644) //nolint:gosec // not secret
	}
	_, err = os.Stdout.Write(text)
	return err
}

// billOf returns the bill of a binary.
func billOf(ctx context.Context, root, binary string) (*inventory.Bill, error) {
	info, components, err := inventory.ModulesOf(ctx, root, binary)
	if err != nil {
		return nil, err
	}
	packages, err := inventory.Packages(root)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	program := inventory.Component{
		Kind: "golang", Name: info.Main.Path, Version: info.Main.Version, Algorithm: "SHA-256", Hash: hex.EncodeToString(sum[:]),
	}
	result := inventory.NewBill(program, append(components, packages...))
	text, err := encode(result)
	result.SerialNumber = uuid.NewSHA1(uuid.NameSpaceURL, text).URN()
	return result, err
}

func encode(result *inventory.Bill) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(result)
	return text.Bytes(), err
}
