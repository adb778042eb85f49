package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"mstudio-graphql/gateway/documents"
)

// clientDocuments are the documents of clients with a name.
type clientDocuments struct {
	Name string
	ByID trustedDocuments
}

// UnmarshalText reads the manifest in a file, from "NAME=FILE". No header has spaces around its value, so that a name with some,
// as after a comma in a list, would be that of no client.
func (d *clientDocuments) UnmarshalText(text []byte) error {
	name, file, found := strings.Cut(string(text), "=")
	if !found || name == "" || file == "" || name != strings.TrimSpace(name) {
		return errors.New("want NAME=FILE, with the client's name for itself and no spaces around it")
	}
	d.Name = name
	return d.ByID.UnmarshalText([]byte(file))
}

// Manifests returns all trusted documents.
func (s Serve) Manifests() documents.Manifests {
	manifests := documents.Manifests{All: s.TrustedDocuments}
	for _, each := range s.ClientDocuments {
		if manifests.Clients == nil {
			manifests.Clients = map[string]map[string]string{}
		}
		manifests.Clients[each.Name] = each.ByID
	}
	return manifests
}

// checkTrusted returns an error for two manifests of one client, and if no document can be executed.
func (s Serve) checkTrusted() error {
	names := map[string]bool{}
	for _, each := range s.ClientDocuments {
		if names[each.Name] {
			return fmt.Errorf("--client-documents has two files for %q", each.Name)
		}
		names[each.Name] = true
	}
	if s.Gateway.TrustedDocumentsOnly && s.Manifests().Len() == 0 {
		return errors.New("--trusted-documents-only needs --trusted-documents or --client-documents, with at least one document")
	}
	return nil
}

// trustedDocuments maps IDs to documents.
type trustedDocuments map[string]string

// UnmarshalText reads the manifest in the file called name.
func (d *trustedDocuments) UnmarshalText(name []byte) error {
	data, err := os.ReadFile(string(name))
	if err != nil {
		return err
	}
	*d, err = documents.ReadManifest(data)
	return err
}
