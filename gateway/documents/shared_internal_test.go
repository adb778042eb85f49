package documents

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
)

// sharedTexts are texts that two stores share.
type sharedTexts struct {
	texts map[string]string
	calls []string
}

func (s *sharedTexts) Find(_ context.Context, hash string) (text string, ok bool) {
	s.calls = append(s.calls, "find")
	text, ok = s.texts[hash]
	return text, ok
}

func (s *sharedTexts) Add(hash, text string) {
	s.calls = append(s.calls, "add")
	s.texts[hash] = text
}

// takeCalls returns the calls since the last takeCalls.
func (s *sharedTexts) takeCalls() string {
	calls := strings.Join(s.calls, " ")
	s.calls = nil
	return calls
}

func checkCalls(t *testing.T, s *sharedTexts, when, want string) {
	t.Helper()
	if diff := cmp.Diff(want, s.takeCalls()); diff != "" {
		t.Errorf("calls %s (-want +got):\n%s", when, diff)
	}
}

func checkFound(t *testing.T, s *Store, id, want string) {
	t.Helper()
	got, err := s.Resolve(t.Context(), Request{ID: id})
	if got != want || (err == nil) != (want != "") {
		t.Errorf("found %q, %v", got, err)
	}
}

// A text is shared when it is registered, and read once by each other replica that keeps it.
func TestShared(t *testing.T) {
	t.Parallel()
	shared := &sharedTexts{texts: map[string]string{}}
	a, b, parsed := New(1000, shared), New(1000, shared), &ast.QueryDocument{}
	text := queryOf(1, 100)
	checkFound(t, a, hashOf(text), "")
	checkCalls(t, shared, "for an unknown text", "find")
	a.Keep(text, "SHA256:"+strings.ToUpper(hashOf(text)), parsed)
	checkFound(t, a, hashOf(text), text)
	a.Keep(text, hashOf(text), parsed)
	checkCalls(t, shared, "of the replica that has it", "add")
	checkFound(t, b, "sha256:"+hashOf(text), text)
	checkFound(t, b, hashOf(text), text)
	checkCalls(t, shared, "of a replica that may not keep it", "find find")
	b.Keep(text, hashOf(text), parsed)
	checkFound(t, b, hashOf(text), text)
	checkCalls(t, shared, "of a replica that keeps it", "add")
	b.Keep(queryOf(2, 100), "", parsed)
	checkCalls(t, shared, "for a text without a hash", "")
}

// A text in use is shared again from time to time, because the others may have lost it.
func TestShared_Again(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := &sharedTexts{texts: map[string]string{}}
		s, text := New(1000, shared), queryOf(1, 100)
		for range 100 {
			s.Keep(text, hashOf(text), &ast.QueryDocument{})
			time.Sleep(shareEvery / 50)
		}
		checkCalls(t, shared, "in twice the time", "add add")
	})
}

// What a person may have written is not shared.
func TestShared_OnlyPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`query($id: ID!) { conversation(id: $id) { title } }`:                          true,
		`{ conversations(first: 3, filter: {states: [OPEN]}) { totalCount } }`:         true,
		`{ conversation(id: "e75fead9") { title } }`:                                   false,
		"mutation { sendMessage(input: {content: \"\"\"Hallo\"\"\"}) { __typename } }": false,
		`query($id: ID = "") { conversation(id: $id) { title } }`:                      false,
		"{ viewer { id } } # Jana":                                                     false,
		"{ viewer { id } #Jana\n}":                                                     false,
	} {
		shared := &sharedTexts{texts: map[string]string{}}
		s := New(1000, shared)
		s.Keep(text, hashOf(text), &ast.QueryDocument{})
		if got := shared.takeCalls() == "add"; got != want {
			t.Errorf("%s: shared %t", text, got)
		}
		checkFound(t, s, hashOf(text), text)
	}
}

// Only hashes are looked up, and nothing if the operator decides what is executed.
func TestShared_NotFound(t *testing.T) {
	t.Parallel()
	text := queryOf(1, 100)
	shared := &sharedTexts{texts: map[string]string{hashOf(text): text, "viewer": text, hashOf(text)[:32]: text, "": text}}
	open, disabled, closed := New(1000, shared), New(0, shared), New(1000, shared)
	if err := closed.Trust(Manifests{All: map[string]string{"viewer-1": queryOf(2, 100)}}, true, func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	checkFound(t, closed, hashOf(text), "")
	checkFound(t, disabled, hashOf(text), "")
	disabled.Keep(text, hashOf(text), &ast.QueryDocument{})
	for _, id := range []string{"viewer", hashOf(text)[:32], "sha256:", "x" + hashOf(text)[1:], hashOf(text) + "00"} {
		checkFound(t, open, id, "")
	}
	checkCalls(t, shared, "without a hash", "")
}
