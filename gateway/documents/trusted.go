package documents

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// trusted holds the documents that the operator registered. It does not change.
type trusted struct {
	byKey map[string]string
	texts map[string]bool
	only  bool // reject all other documents
}

// Trust registers documents by ID, instead of those of an earlier call. If only is true, the Store rejects all other documents.
// It returns an error for each document without an ID, with the ID of another one in another form, or for which check returns an
// error. The documents of the earlier call then remain.
func (s *Store) Trust(byID map[string]string, only bool, check func(text string) error) error {
	added := &trusted{byKey: map[string]string{}, texts: map[string]bool{}, only: only}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		key, text := keyOf(id), byID[id]
		if key == "" {
			errs = append(errs, errors.New("trusted document without an ID"))
		}
		if other, found := added.byKey[key]; found && other != text {
			errs = append(errs, fmt.Errorf("trusted document %s: another document has this ID in another form", id))
		}
		if err := check(text); err != nil {
			errs = append(errs, fmt.Errorf("trusted document %s: %w", id, err))
		}
		added.byKey[key], added.texts[text] = text, true
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	s.trusted.Store(added)
	return nil
}

// Trusts reports whether text is a trusted document.
func (s *Store) Trusts(text string) bool { return s.trusted.Load().texts[text] }

// keyOf returns the canonical form of a document ID. A hash may have the prefix "sha256:", which the draft of GraphQL over
// HTTP requires, and digits of either case, in a manifest and in a request. Other IDs may contain a colon of their own.
func keyOf(id string) string {
	const prefix, shortestHash = "sha256:", 32 // digits of MD5, Relay's default
	if len(id) >= len(prefix) && strings.EqualFold(id[:len(prefix)], prefix) {
		id = id[len(prefix):]
	}
	if _, err := hex.DecodeString(id); err == nil && len(id) >= shortestHash {
		return strings.ToLower(id)
	}
	return id
}

func (t *trusted) exist() bool { return len(t.byKey) > 0 || t.only }

func (t *trusted) rejects(text string) bool { return t.only && !t.texts[text] }

// apolloManifest is the format of Apollo's generate-persisted-query-manifest.
const apolloManifest = "apollo-persisted-query-manifest"

// ReadManifest reads the documents that a frontend was built with, by ID. It supports Apollo's format
// ("apollo-persisted-query-manifest", version 1) and that of Relay's compiler (an object of texts). It returns an error if an
// object has two members with the same name, of which encoding/json would ignore the first.
func ReadManifest(data []byte) (map[string]string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	documents, err := parseManifest(data)
	if err != nil {
		return nil, err
	}
	return documents, checkNames(json.NewDecoder(bytes.NewReader(data)))
}

// checkNames returns an error if an object in the next value has two members with the same name.
func checkNames(decoder *json.Decoder) error {
	start, err := decoder.Token()
	if err != nil || start != json.Delim('{') && start != json.Delim('[') {
		return err
	}
	names := map[json.Token]bool{}
	for decoder.More() {
		if start == json.Delim('{') {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			if names[name] {
				return fmt.Errorf("duplicate name %q in an object", name)
			}
			names[name] = true
		}
		if err := checkNames(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

func parseManifest(data []byte) (map[string]string, error) {
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
