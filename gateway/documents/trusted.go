package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mstudio-graphql/gateway/limits"
)

// trustedDocuments are documents that the operator has registered, by their ids. Nil means that there are none.
type trustedDocuments struct {
	byID  map[string]string
	texts map[string]bool
	only  bool // no others are executed
}

func newTrustedDocuments(byID map[string]string, only bool) *trustedDocuments {
	if len(byID) == 0 && !only {
		return nil
	}
	t := &trustedDocuments{byID: byID, texts: map[string]bool{}, only: only}
	for text := range maps.Values(byID) {
		t.texts[text] = true
	}
	return t
}

// find returns the text of a trusted document. The draft of GraphQL over HTTP puts the kind of hash before an id.
func (t *trustedDocuments) find(id string) (text string, found bool) {
	if t == nil {
		return "", false
	}
	if text, found = t.byID[id]; !found {
		_, bare, _ := strings.Cut(id, ":")
		text, found = t.byID[bare]
	}
	return text, found
}

// refuses reports whether a text must not be executed.
func (t *trustedDocuments) refuses(text string) bool { return t != nil && t.only && !t.texts[text] }

// check reports every trusted document that could not be executed.
func (t *trustedDocuments) check(checks *limits.Checker) error {
	if t == nil {
		return nil
	}
	var mistakes []error
	for _, id := range slices.Sorted(maps.Keys(t.byID)) {
		if id == "" {
			mistakes = append(mistakes, errors.New("a trusted document has no id"))
		}
		if _, errs := checks.Parse(t.byID[id]); len(errs) > 0 {
			mistakes = append(mistakes, fmt.Errorf("trusted document %s: %w", id, errs[0]))
		}
	}
	return errors.Join(mistakes...)
}

// apolloManifest is the format of Apollo's generate-persisted-query-manifest.
const apolloManifest = "apollo-persisted-query-manifest"

// ReadManifest reads the documents that a frontend was built with, by their ids, in the formats of Apollo
// ("apollo-persisted-query-manifest", version 1) and of Relay's compiler (an object of texts).
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
		return nil, errors.New("neither a manifest of Apollo nor an object of texts by their ids")
	}
	if manifest.Version != 1 {
		return nil, fmt.Errorf("a manifest of Apollo has version 1, this one %d", manifest.Version)
	}
	documents := map[string]string{}
	for _, operation := range manifest.Operations {
		if text, found := documents[operation.ID]; found && text != operation.Body {
			return nil, fmt.Errorf("two documents have the id %s", operation.ID)
		}
		documents[operation.ID] = operation.Body
	}
	return documents, nil
}
