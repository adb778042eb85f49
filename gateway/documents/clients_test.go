package documents_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/graph/model"
)

// webHash returns the ID of a client's document as an automatic persisted query.
func webHash() string {
	sum := sha256.Sum256([]byte("{ web }"))
	return hex.EncodeToString(sum[:])
}

func withClients(t *testing.T, only bool) *documents.Store {
	t.Helper()
	store := documents.New(10_000, nil)
	err := store.Trust(documents.Manifests{
		All:     map[string]string{"viewer": "{ common }"},
		Clients: map[string]map[string]string{"web": {"viewer": "{ web }", webHash(): "{ web }"}, "ios": {"inbox": "{ ios }"}},
	}, only, func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// codeOf resolves a request, and returns the text or the code of the error.
func codeOf(t *testing.T, store *documents.Store, request documents.Request) string {
	t.Helper()
	text, err := store.Resolve(t.Context(), request)
	if own, ok := errors.AsType[*model.Error](err); ok {
		return string(own.Code)
	}
	return text
}

// A client may request the documents of its own manifest, before those of all clients, and no other.
func TestClients(t *testing.T) {
	t.Parallel()
	const missing, forbidden = "PERSISTED_QUERY_NOT_FOUND", "FORBIDDEN"
	for _, only := range []bool{false, true} {
		store := withClients(t, only)
		for _, test := range []struct {
			request documents.Request
			open    string
			only    string
		}{
			{documents.Request{ID: "viewer"}, "{ common }", "{ common }"},
			{documents.Request{ID: "viewer", Client: "ios"}, "{ common }", "{ common }"},
			{documents.Request{ID: "viewer", Client: "web"}, "{ web }", "{ web }"},
			{documents.Request{ID: "viewer", Client: "Web"}, "{ common }", "{ common }"},
			{documents.Request{ID: "inbox", Client: "ios"}, "{ ios }", "{ ios }"},
			{documents.Request{ID: "inbox", Client: "web"}, missing, missing},
			{documents.Request{ID: "inbox"}, missing, missing},
			{documents.Request{ID: webHash(), Client: "web"}, "{ web }", "{ web }"},
			{documents.Request{ID: webHash(), Client: "ios"}, missing, missing},
			{documents.Request{Text: "{ web }", Client: "web"}, "{ web }", "{ web }"},
			{documents.Request{Text: "{ web }", Client: "ios"}, "{ web }", forbidden},
			{documents.Request{Text: "{ web }"}, "{ web }", forbidden},
			{documents.Request{Text: "{ common }", Client: "web"}, "{ common }", "{ common }"},
			{documents.Request{Text: "{ other }", Client: "web"}, "{ other }", forbidden},
		} {
			want := test.open
			if only {
				want = test.only
			}
			if got := codeOf(t, store, test.request); got != want {
				t.Errorf("only %t: %+v: want %s, got %s", only, test.request, want, got)
			}
		}
	}
}

// What one client executes by ID is not found by another.
func TestClients_NotPersisted(t *testing.T) {
	t.Parallel()
	for _, only := range []bool{false, true} {
		store := withClients(t, only)
		store.Keep("{ ios }", "inbox", &ast.QueryDocument{})
		store.Keep("{ web }", "viewer", &ast.QueryDocument{})
		for id, want := range map[string]string{"inbox": "PERSISTED_QUERY_NOT_FOUND", "viewer": "{ common }"} {
			if got := codeOf(t, store, documents.Request{ID: id}); got != want {
				t.Errorf("only %t: %s: want %s, got %s", only, id, want, got)
			}
		}
		store.Keep("{ web }", webHash(), &ast.QueryDocument{})
		got := codeOf(t, store, documents.Request{ID: webHash(), Client: "ios"})
		if want := map[bool]string{false: "{ web }", true: "PERSISTED_QUERY_NOT_FOUND"}[only]; got != want {
			t.Errorf("only %t: an automatic persisted query: want %s, got %s", only, want, got)
		}
	}
}

// Documents of any client stay parsed. Errors name the client.
func TestClients_Trust(t *testing.T) {
	t.Parallel()
	store := withClients(t, true)
	for text, want := range map[string]bool{"{ common }": true, "{ web }": true, "{ ios }": true, "{ other }": false} {
		if got := store.Trusts(text); got != want {
			t.Errorf("%s is trusted: %t", text, got)
		}
	}
	err := store.Trust(documents.Manifests{Clients: map[string]map[string]string{"web": {"": "{ web }", "bad": "{ bad }"}, "ios": {"good": "{ good }"}}}, true, func(text string) error {
		if text == "{ bad }" {
			return errors.New("invalid")
		}
		return nil
	})
	const want = "trusted document of web without an ID\ntrusted document bad of web: invalid"
	if err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", strings.ReplaceAll(want, "\n", "; "), err)
	}
	if got := codeOf(t, store, documents.Request{ID: "viewer", Client: "web"}); got != "{ web }" {
		t.Errorf("after an error: %s", got)
	}
}

// A document that the operator removes while a client executes it is not found any longer.
func TestClients_RemovedMeanwhile(t *testing.T) {
	t.Parallel()
	store := withClients(t, false)
	request := documents.Request{ID: "inbox", Client: "ios"}
	text, err := store.Resolve(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Trust(documents.Manifests{}, false, func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	store.Keep(text, request.ID, &ast.QueryDocument{})
	if got := codeOf(t, store, request); got != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("found %s", got)
	}
}
