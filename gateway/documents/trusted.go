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

// Manifests are the documents that the operator registered, by ID.
type Manifests struct {
	All     map[string]string            // for every client
	Clients map[string]map[string]string // in addition, by the name of a client
}

// Len returns the number of documents.
func (m Manifests) Len() int {
	total := len(m.All)
	for _, each := range m.Clients {
		total += len(each)
	}
	return total
}

// trusted holds the documents of manifests. It does not change.
type trusted struct {
	all     manifest
	clients map[string]manifest
	only    bool // reject all other documents
}

// manifest holds documents by key, and their texts.
type manifest struct {
	byKey map[string]string
	texts map[string]bool
}

func (m manifest) has(key string) bool {
	_, found := m.byKey[key]
	return found
}

// Trust registers documents by ID, instead of those of an earlier call. If only is true, the Store rejects all other documents.
// It returns an error for each document without an ID, with the ID of another one in another form, or for which check returns an
// error. The documents of the earlier call then remain.
func (s *Store) Trust(given Manifests, only bool, check func(text string) error) error {
	all, err := newManifest("", given.All, check)
	errs := []error{err}
	added := &trusted{all: all, clients: map[string]manifest{}, only: only}
	for _, client := range slices.Sorted(maps.Keys(given.Clients)) {
		added.clients[client], err = newManifest(" of "+client, given.Clients[client], check)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.trusted.Store(added)
	return nil
}

// newManifest returns the documents of byID. of names their client in errors.
func newManifest(of string, byID map[string]string, check func(text string) error) (manifest, error) {
	added := manifest{byKey: map[string]string{}, texts: map[string]bool{}}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		key, text := keyOf(id), byID[id]
		if key == "" {
			errs = append(errs, fmt.Errorf("trusted document%s without an ID", of))
		}
		if other, found := added.byKey[key]; found && other != text {
			errs = append(errs, fmt.Errorf("trusted document %s%s: another document has this ID in another form", id, of))
		}
		if err := check(text); err != nil {
			errs = append(errs, fmt.Errorf("trusted document %s%s: %w", id, of, err))
		}
		added.byKey[key], added.texts[text] = text, true
	}
	return added, errors.Join(errs...)
}

// Trusts reports whether text is a trusted document of any client.
func (s *Store) Trusts(text string) bool {
	return s.trusted.Load().any(func(of manifest) bool { return of.texts[text] })
}

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

// find returns the document that a client may request with this key. A client's own documents come first.
func (t *trusted) find(client, key string) (text string, found bool) {
	if text, found = t.clients[client].byKey[key]; !found {
		text, found = t.all.byKey[key]
	}
	return text, found
}

func (t *trusted) any(matches func(manifest) bool) bool {
	for _, each := range t.clients {
		if matches(each) {
			return true
		}
	}
	return matches(t.all)
}

func (t *trusted) exist() bool {
	return t.only || t.any(func(of manifest) bool { return len(of.byKey) > 0 })
}

func (t *trusted) rejects(client, text string) bool {
	return t.only && !t.all.texts[text] && !t.clients[client].texts[text]
}

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
