package loader

import (
	"net/http"
	"sync"
	"testing"

	"mstudio-graphql/rest"
)

// counted holds the counters of Stats.
type counted struct{ Loads, Fetches, PublicHits int64 }

func countOf(stats *Stats) counted {
	return counted{stats.Loads.Load(), stats.Fetches.Load(), stats.PublicHits.Load()}
}

func TestStats(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, echo())
	loaders, stats := up.loaders(t, "me"), &Stats{}
	var mu sync.Mutex
	var batches []int
	stats.Batch = func(keys int) {
		mu.Lock()
		defer mu.Unlock()
		batches = append(batches, keys)
	}
	ctx := WithStats(t.Context(), stats)
	for _, id := range []string{idA, idB, idA, idA} {
		if _, err := loaders.Conversation.Load(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := countOf(stats), (counted{Loads: 4, Fetches: 2}); got != want || stats.Deduplicated() != 2 {
		t.Errorf("want %+v, got %+v", want, got)
	}
	if len(batches) != 2 || batches[0] != 1 || batches[1] != 1 {
		t.Errorf("batches: %v", batches)
	}
}

// A start is not a load: the load after it is not a duplicate.
func TestStats_Start(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, respond(http.StatusOK, `[]`))
	loaders, stats := up.loaders(t, "me"), &Stats{}
	ctx := WithStats(t.Context(), stats)
	loaders.Messages.Start(ctx, idA)
	loaders.Members.Start(ctx, idA)
	loaders.StartConversations(ctx, rest.ConversationList{})
	_, _ = loaders.Messages.Load(ctx, idA)
	_, _ = loaders.Members.Load(ctx, idA)
	_, _ = loaders.Conversations(ctx, rest.ConversationList{})
	if got, want := countOf(stats), (counted{Loads: 3, Fetches: 3}); got != want || stats.Deduplicated() != 0 {
		t.Errorf("want %+v, got %+v", want, got)
	}
	_, _ = loaders.Messages.Load(ctx, idA)
	if stats.Deduplicated() != 1 {
		t.Errorf("after a second load: %+v", countOf(stats))
	}
}

func TestStats_PublicHits(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, listed())
	public, stats := NewPublic(up.client(t), long), &Stats{}
	ctx := WithStats(t.Context(), stats)
	for want := range int64(3) {
		if _, err := New(up.client(t), public).Categories(ctx); err != nil {
			t.Fatal(err)
		}
		if got := stats.PublicHits.Load(); got != want {
			t.Errorf("want %d, got %d", want, got)
		}
	}
	up.wantCalls(t, categoriesCall)
}
