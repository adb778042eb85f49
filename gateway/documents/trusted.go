package documents

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// trusted holds the documents that the operator registered.
type trusted struct {
	byID  map[string]string
	texts map[string]bool
	only  bool // reject all other documents
}

// Trust registers documents by ID. If only is true, the Store rejects all other documents. Trust must be called before
// the Store is used. It returns an error for each document without an ID or for which check returns an error.
func (s *Store) Trust(byID map[string]string, only bool, check func(text string) error) error {
	s.trusted = trusted{byID: byID, texts: map[string]bool{}, only: only}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if id == "" {
			errs = append(errs, errors.New("trusted document without an ID"))
		}
		if err := check(byID[id]); err != nil {
			errs = append(errs, fmt.Errorf("trusted document %s: %w", id, err))
		}
		s.trusted.texts[byID[id]] = true
	}
	return errors.Join(errs...)
}

func (t *trusted) exist() bool { return len(t.byID) > 0 || t.only }

// find returns the text of a trusted document. The ID may have a prefix such as "sha256:", which the draft of GraphQL
// over HTTP requires.
func (t *trusted) find(id string) (text string, found bool) {
	if text, found = t.byID[id]; !found {
		_, bare, _ := strings.Cut(id, ":")
		text, found = t.byID[bare]
	}
	return text, found
}

func (t *trusted) rejects(text string) bool { return t.only && !t.texts[text] }

// apolloManifest is the format of Apollo's generate-persisted-query-manifest.
const apolloManifest = "apollo-persisted-query-manifest"

// ReadManifest reads the documents that a frontend was built with, by ID. It supports Apollo's format
// ("apollo-persisted-query-manifest", version 1) and that of Relay's compiler (an object of texts).
func ReadManifest(data []byte) (map[string]string, error) {
	var manifest struct {
		Format     string `json:"format"`
		Version    int    `json:"version"`
		Operations []struct {
			ID   string `json:"id"`
			Body string `json:"body"`
		} `json:"operations"`
	}
	var relay map[string]string
	if json.Unmarshal(data, &relay) == nil && relay != nil {
		return relay, nil
	}
	if err := json.Unmarshal(data, &manifest); err != nil || manifest.Format != apolloManifest {
		return nil, errors.New("unknown manifest format (want an Apollo manifest or a JSON object of documents by ID)")
	}
	if manifest.Version != 1 {
		return nil, fmt.Errorf("unsupported Apollo manifest version %d (want 1)", manifest.Version)
	}
	documents := map[string]string{}
	for _, operation := range manifest.Operations {
		if text, found := documents[operation.ID]; found && text != operation.Body {
			return nil, fmt.Errorf("duplicate document ID %s", operation.ID)
		}
		documents[operation.ID] = operation.Body
	}
	return documents, nil
}
