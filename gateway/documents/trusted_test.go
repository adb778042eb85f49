package documents_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway/documents"
)

func TestReadManifest(t *testing.T) {
	t.Parallel()
	want := map[string]string{"1": "{ a }", "2": "{ b }"}
	for name, text := range map[string]string{
		"Apollo": `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
			{"id": "1", "name": "A", "type": "query", "body": "{ a }"}, {"id": "2", "name": "B", "type": "query", "body": "{ b }"}]}`,
		"Relay":                `{"1": "{ a }", "2": "{ b }"}`,
		"with byte order mark": "\ufeff" + `{"1": "{ a }", "2": "{ b }"}`,
	} {
		got, err := documents.ReadManifest([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "a number": `{"1": 2}`, "another format": `{"format": "else", "version": 1, "operations": []}`,
		"another version": `{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}`,
		"twice":           `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "1", "body": "{ a }"}, {"id": "1", "body": "{ b }"}]}`,
		"a name twice":    `{"1": "{ a }", "1": "{ b }"}`,
		"escaped":         `{"1": "{ a }", "\u0031": "{ a }"}`,
		"an ID twice":     `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "1", "body": "{ a }", "id": "2"}]}`,
		"lists twice":     `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "1", "body": "{ a }"}], "operations": []}`,
	} {
		if got, err := documents.ReadManifest([]byte(text)); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Other documents replace the trusted ones. If one of them is invalid, nothing changes.
func TestTrust_Replaces(t *testing.T) {
	t.Parallel()
	store := documents.New(0, nil)
	trust := func(byID map[string]string) error {
		return store.Trust(documents.Manifests{All: byID}, true, func(text string) error {
			if text == "{" {
				return errors.New("invalid")
			}
			return nil
		})
	}
	find := func(text, id string) string {
		found, err := store.Resolve(t.Context(), documents.Request{Text: text, ID: id})
		if err != nil {
			return err.Error()
		}
		return found
	}
	if err := trust(map[string]string{"1": "{ a }"}); err != nil {
		t.Fatal(err)
	}
	if err := trust(map[string]string{"1": "{ b }", "2": "{"}); err == nil {
		t.Error("an invalid document is trusted")
	}
	if got := []string{find("", "1"), find("{ a }", "")}; !cmp.Equal(got, []string{"{ a }", "{ a }"}) {
		t.Error(got)
	}
	if err := trust(map[string]string{"2": "{ b }"}); err != nil {
		t.Fatal(err)
	}
	want := []string{"PersistedQueryNotFound", "{ b }", "Only trusted documents are executed.", "{ b }"}
	if diff := cmp.Diff(want, []string{find("", "1"), find("", "2"), find("{ a }", ""), find("{ b }", "")}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
