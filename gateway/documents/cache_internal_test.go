package documents

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// queryOf returns a query of the given length. Queries with different numbers differ.
func queryOf(number, length int) string {
	text := fmt.Sprintf("{ a%d: __typename }", number)
	return text + strings.Repeat(" ", length-len(text))
}

// parsedAs returns a parser whose result is document.
func parsedAs(document *ast.QueryDocument) func(string) (*ast.QueryDocument, gqlerror.List) {
	return func(string) (*ast.QueryDocument, gqlerror.List) { return document, nil }
}

func checkBytes(t *testing.T, s *Store, want int) {
	t.Helper()
	if got := s.cache.Cost(); got != want {
		t.Errorf("the cache counts %d bytes, want %d", got, want)
	}
}

// parsedAndKept calls Parsed, and Keep if there was no error.
func parsedAndKept(s *Store, text string, parse func(string) (*ast.QueryDocument, gqlerror.List)) (*ast.QueryDocument, gqlerror.List) {
	parsed, errs := s.Parsed(text, parse)
	if len(errs) == 0 {
		s.Keep(text, "", parsed)
	}
	return parsed, errs
}

// A document is not cached before Keep.
func TestParsed_DoesNotKeep(t *testing.T) {
	t.Parallel()
	s := New(1000, nil)
	text, first, second := queryOf(1, 100), &ast.QueryDocument{}, &ast.QueryDocument{}
	_, _ = s.Parsed(text, parsedAs(first))
	if got, _ := s.Parsed(text, parsedAs(second)); got != second {
		t.Error("a document was kept")
	}
	checkBytes(t, s, 0)
	s.Keep(text, hashOf(text), second)
	if got, _ := s.Parsed(text, parsedAs(first)); got != second {
		t.Error("the document was not kept")
	}
	if got, err := s.Resolve(t.Context(), Request{ID: hashOf(text)}); got != text || err != nil {
		t.Errorf("by hash: %q, %v", got, err)
	}
}

func TestParsed_ReturnsCachedDocument(t *testing.T) {
	t.Parallel()
	s := New(0, nil)
	first, second := &ast.QueryDocument{}, &ast.QueryDocument{}
	text, other := queryOf(1, 100), queryOf(2, 50)
	for range 2 {
		if got, errs := parsedAndKept(s, text, parsedAs(first)); got != first || errs != nil {
			t.Errorf("got %p, %v", got, errs)
		}
	}
	if got, _ := s.Parsed(text, parsedAs(second)); got != first {
		t.Error("the cached document was replaced")
	}
	checkBytes(t, s, documentBytes(text))
	if got, _ := parsedAndKept(s, other, parsedAs(second)); got != second {
		t.Error("another text has the same document")
	}
	checkBytes(t, s, documentBytes(text)+documentBytes(other))
}

func TestParsed_DoesNotCacheErrors(t *testing.T) {
	t.Parallel()
	s := New(0, nil)
	_, errs := parsedAndKept(s, "{", func(string) (*ast.QueryDocument, gqlerror.List) { return nil, gqlerror.List{{Message: "invalid"}} })
	if len(errs) != 1 {
		t.Errorf("got %v", errs)
	}
	checkBytes(t, s, 0)
}

func TestParsed_DoesNotCacheLongDocuments(t *testing.T) {
	t.Parallel()
	s := New(0, nil)
	_, _ = parsedAndKept(s, queryOf(1, maxDocument+1), parsedAs(&ast.QueryDocument{}))
	checkBytes(t, s, 0)
	_, _ = parsedAndKept(s, queryOf(1, maxDocument), parsedAs(&ast.QueryDocument{}))
	checkBytes(t, s, documentBytes(queryOf(1, maxDocument)))
}

// Concurrent requests with a new document each parse it. The later one must not use plans of the earlier one's document.
func TestPlans_BelongToCachedDocument(t *testing.T) {
	t.Parallel()
	s := New(0, nil)
	parsed, twin := &ast.QueryDocument{}, &ast.QueryDocument{}
	text, other := queryOf(1, 50), queryOf(2, 50)
	_, _ = parsedAndKept(s, text, parsedAs(parsed))
	plans := s.Plans(text, parsed)
	if plans == nil || s.Plans(text, parsed) != plans {
		t.Error("a cached document has new plans each time")
	}
	if got := s.Plans(text, twin); got == nil || got == plans {
		t.Error("a document that is not cached shares the plans of one that is")
	}
	if got := s.Plans(other, parsed); got == nil || got == plans {
		t.Error("another text has the same plans")
	}
	checkBytes(t, s, documentBytes(text))
}

func TestParsed_Concurrent(t *testing.T) {
	t.Parallel()
	s := New(0, nil)
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range 900 {
				text := queryOf((i*7+worker)%2200, maxDocument-i%3)
				parsed, _ := parsedAndKept(s, text, parsedAs(&ast.QueryDocument{}))
				if s.Plans(text, parsed) == nil {
					t.Error("no plans")
				}
			}
		})
	}
	running.Wait()
	if cost := s.cache.Cost(); cost > maxCache || cost < maxCache-documentBytes(queryOf(0, maxDocument)) {
		t.Errorf("the cache counts %d bytes, want nearly %d", cost, maxCache)
	}
}

func TestPlans_CountAsMemory(t *testing.T) {
	t.Parallel()
	s := New(0, nil)
	text := queryOf(1, 100)
	parsed, _ := parsedAndKept(s, text, parsedAs(&ast.QueryDocument{}))
	plans := s.Plans(text, parsed)
	plans.OnAdd(3)
	checkBytes(t, s, documentBytes(text)+3*planFieldBytes)
	plans.OnAdd(maxCache)
	checkBytes(t, s, 0)
	if s.Plans(text, parsed) == plans {
		t.Error("a document whose plans exceed the maximum is still cached")
	}
	plans.OnAdd(3) // the document is no longer cached
	checkBytes(t, s, 0)
}
