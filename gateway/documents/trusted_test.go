package documents_test

import (
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
