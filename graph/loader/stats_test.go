package loader

import (
	"net/http"
	"sync"
	"testing"

	"mstudio-graphql/rest"
)

// counted is what a watch has counted.
type counted struct{ Asked, Fetched, Kept int64 }

func countOf(watch *Watch) counted {
	return counted{watch.Asked.Load(), watch.Fetched.Load(), watch.Kept.Load()}
}

func TestWatchCountsWhatIsSpared(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, echo())
	loaders, watch := up.loaders(t, "me"), &Watch{}
	var mu sync.Mutex
	var batches []int
	watch.Batch = func(keys int) {
		mu.Lock()
		defer mu.Unlock()
		batches = append(batches, keys)
	}
	ctx := WithWatch(t.Context(), watch)
	for _, id := range []string{idA, idB, idA, idA} {
		if _, err := loaders.Conversation(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := countOf(watch), (counted{Asked: 4, Fetched: 2}); got != want || watch.Deduplicated() != 2 {
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
	loaders, watch := up.loaders(t, "me"), &Watch{}
	ctx := WithWatch(t.Context(), watch)
	loaders.StartMessages(ctx, idA)
	loaders.StartMembers(ctx, idA)
	loaders.StartConversations(ctx, rest.ConversationList{})
	_, _ = loaders.Messages(ctx, idA)
	_, _ = loaders.Members(ctx, idA)
	_, _ = loaders.Conversations(ctx, rest.ConversationList{})
	if got, want := countOf(watch), (counted{Asked: 3, Fetched: 3}); got != want || watch.Deduplicated() != 0 {
		t.Errorf("want %+v, got %+v", want, got)
	}
	_, _ = loaders.Messages(ctx, idA)
	if watch.Deduplicated() != 1 {
		t.Errorf("after another one: %+v", countOf(watch))
	}
}

func TestWatchOfTheKeptCategories(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, listed())
	categories, watch := NewCategories(up.client(t), long), &Watch{}
	ctx := WithWatch(t.Context(), watch)
	for want := range int64(3) {
		if _, err := New(up.client(t), categories).Categories(ctx); err != nil {
			t.Fatal(err)
		}
		if got := watch.Kept.Load(); got != want {
			t.Errorf("want %d, got %d", want, got)
		}
	}
	up.wantCalls(t, categoriesCall)
}
