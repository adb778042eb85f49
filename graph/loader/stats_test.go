package loader

import (
	"net/http"
	"sync"
	"testing"

	"mstudio-graphql/rest"
)

// counted is what a watch has counted.
type counted struct{ Asked, Fetched, Kept int64 }

func countOf(stats *Stats) counted {
	return counted{stats.Loads.Load(), stats.Fetches.Load(), stats.CategoryHits.Load()}
}

func TestWatchCountsWhatIsSpared(t *testing.T) {
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
	if got, want := countOf(stats), (counted{Asked: 4, Fetched: 2}); got != want || stats.Deduplicated() != 2 {
		t.Errorf("want %+v, got %+v", want, got)
	}
	if len(batches) != 2 || batches[0] != 1 || batches[1] != 1 {
		t.Errorf("batches: %v", batches)
	}
}

// What is started early is not asked for yet: it is no duplicate when it is.
func TestWatchOfAnEarlyStart(t *testing.T) {
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
	if got, want := countOf(stats), (counted{Asked: 3, Fetched: 3}); got != want || stats.Deduplicated() != 0 {
		t.Errorf("want %+v, got %+v", want, got)
	}
	_, _ = loaders.Messages.Load(ctx, idA)
	if stats.Deduplicated() != 1 {
		t.Errorf("after another one: %+v", countOf(stats))
	}
}

func TestWatchOfTheKeptCategories(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, listed())
	categories, stats := NewCategories(up.client(t), long), &Stats{}
	ctx := WithStats(t.Context(), stats)
	for want := range int64(3) {
		if _, err := New(up.client(t), categories).Categories(ctx); err != nil {
			t.Fatal(err)
		}
		if got := stats.CategoryHits.Load(); got != want {
			t.Errorf("want %d, got %d", want, got)
		}
	}
	up.wantCalls(t, categoriesCall)
}
