package config

import (
	"os"

	"mstudio-graphql/gateway/documents"
)

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
