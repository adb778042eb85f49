package gateway

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// queryOf returns a query of exactly this length that differs from those with other numbers.
func queryOf(number, length int) string {
	text := fmt.Sprintf("{ a%d: __typename }", number)
	return text + strings.Repeat(" ", length-len(text))
}

func wantBytes(t *testing.T, d *documents, want int) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bytes != want {
		t.Errorf("want %d bytes to be counted, got %d", want, d.bytes)
	}
	sum := 0
	for _, text := range d.kept.Keys() {
		sum += documentBytes(text)
	}
	if d.bytes != sum {
		t.Errorf("%d bytes are counted, %d are kept", d.bytes, sum)
	}
}

func TestDocumentsAreCountedOnce(t *testing.T) {
	t.Parallel()
	d := newDocuments()
	first, second := &ast.QueryDocument{}, &ast.QueryDocument{}
	text := queryOf(1, 100)
	d.Add(t.Context(), text, first)
	d.Add(t.Context(), text, second)
	wantBytes(t, d, documentBytes(text))
	if got, ok := d.Get(t.Context(), text); !ok || got != first {
		t.Error("the document that was there first is gone")
	}
	d.Add(t.Context(), queryOf(2, 50), second)
	wantBytes(t, d, documentBytes(text)+documentBytes(queryOf(2, 50)))
	if _, ok := d.Get(t.Context(), queryOf(3, 50)); ok {
		t.Error("found a document that was never added")
	}
}

func TestLongDocumentsAreNotKept(t *testing.T) {
	t.Parallel()
	d := newDocuments()
	d.Add(t.Context(), queryOf(1, maxDocument+1), &ast.QueryDocument{})
	if _, ok := d.Get(t.Context(), queryOf(1, maxDocument+1)); ok {
		t.Error("a document that is too long is kept")
	}
	wantBytes(t, d, 0)
	d.Add(t.Context(), queryOf(1, maxDocument), &ast.QueryDocument{})
	if _, ok := d.Get(t.Context(), queryOf(1, maxDocument)); !ok {
		t.Error("the longest document that is allowed is not kept")
	}
	wantBytes(t, d, documentBytes(queryOf(1, maxDocument)))
}

// TestOldestDocumentsGoFirst fills the cache. What was used last stays.
func TestOldestDocumentsGoFirst(t *testing.T) {
	t.Parallel()
	fitting := maxDocuments / documentBytes(queryOf(0, maxDocument))
	d := newDocuments()
	add := func(number, length int) { d.Add(t.Context(), queryOf(number, length), &ast.QueryDocument{}) }
	kept := func(number, length int) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.kept.Contains(queryOf(number, length)) // unlike Get, it is no use
	}
	for number := range fitting {
		add(number, maxDocument)
	}
	full := fitting * documentBytes(queryOf(0, maxDocument))
	wantBytes(t, d, full)
	if _, ok := d.Get(t.Context(), queryOf(0, maxDocument)); !ok {
		t.Fatal("the first document is gone although all fit")
	}
	add(fitting, maxDocument)
	wantBytes(t, d, full)
	if !kept(0, maxDocument) || kept(1, maxDocument) || !kept(2, maxDocument) || !kept(fitting, maxDocument) {
		t.Error("want the document to go that was used longest ago, and no other")
	}
}

func TestPlansAreThoseOfTheKeptDocument(t *testing.T) {
	t.Parallel()
	d := newDocuments()
	parsed, twin := &ast.QueryDocument{}, &ast.QueryDocument{}
	text, other := queryOf(1, 50), queryOf(2, 50)
	d.Add(t.Context(), text, parsed)
	plans := d.Plans(text, parsed)
	if plans == nil || d.Plans(text, parsed) != plans {
		t.Error("a kept document has other plans each time")
	}
	// Two requests with a new query parse it at the same time: the later one runs what it has parsed itself.
	if got := d.Plans(text, twin); got == nil || got == plans {
		t.Error("a document that is not kept has the plans of one that is")
	}
	if got := d.Plans(other, parsed); got == nil || got == plans {
		t.Error("another text has the same plans")
	}
	wantBytes(t, d, documentBytes(text))
}

func TestDocumentsInACrowd(t *testing.T) {
	t.Parallel()
	d := newDocuments()
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range 900 {
				text := queryOf((i*7+worker)%2200, maxDocument-i%3)
				parsed, ok := d.Get(t.Context(), text)
				if !ok {
					parsed = &ast.QueryDocument{}
					d.Add(t.Context(), text, parsed)
				}
				if d.Plans(text, parsed) == nil {
					t.Error("no plans")
				}
			}
		})
	}
	running.Wait()
	d.mu.Lock()
	counted := d.bytes
	d.mu.Unlock()
	wantBytes(t, d, counted)
	if counted > maxDocuments || counted < maxDocuments-documentBytes(queryOf(0, maxDocument)) {
		t.Errorf("%d bytes are kept, want nearly %d", counted, maxDocuments)
	}
}

// The same goes for what operations have been estimated to need.
func TestEstimatesAreCounted(t *testing.T) {
	t.Parallel()
	d := newDocuments()
	text := queryOf(1, 100)
	d.Add(t.Context(), text, &ast.QueryDocument{})
	kept, _ := d.find(text)
	if d.estimates(text, kept.parsed) != kept.estimates || d.estimates(text, &ast.QueryDocument{}) == kept.estimates {
		t.Error("a kept document has the estimates of another")
	}
	kept.estimates.OnAdd(300)
	d.mu.Lock()
	counted := d.bytes
	d.mu.Unlock()
	if want := documentBytes(text) + 300; counted != want {
		t.Errorf("want %d bytes to be counted, got %d", want, counted)
	}
}

// A plan may take more memory than the query that it is for, and must not escape the count.
func TestPlansAreCounted(t *testing.T) {
	t.Parallel()
	d := newDocuments()
	text := queryOf(1, 100)
	d.Add(t.Context(), text, &ast.QueryDocument{})
	kept, _ := d.find(text)
	kept.plans.Kept(3)
	d.mu.Lock()
	counted := d.bytes
	d.mu.Unlock()
	if want := documentBytes(text) + 3*planFieldBytes; counted != want {
		t.Errorf("want %d bytes to be counted, got %d", want, counted)
	}
	kept.plans.Kept(maxDocuments) // more than all may take together
	wantBytes(t, d, 0)
	if _, ok := d.find(text); ok {
		t.Error("a document whose plans take more than there is stays")
	}
	kept.plans.Kept(3) // of a document that is gone
	wantBytes(t, d, 0)
}
