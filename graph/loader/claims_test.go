package loader

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest"
)

func owner(name string) digest { return digestOf(name) }

// keep claims a key and keeps it. It fails the test if the key is claimed.
func keep(t *testing.T, claims *Claims, name, key string) {
	t.Helper()
	taken, isNew := claims.take(digestOf(key), owner(name))
	if !isNew {
		t.Fatalf("%s is claimed", key)
	}
	claims.end(taken, claimResult{}, true)
}

func isKept(claims *Claims, key string) bool {
	claims.mu.Lock()
	defer claims.mu.Unlock()
	return claims.byKey[digestOf(key)] != nil
}

func TestClaims_Expire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var count int
		claims := NewClaims(func(kept, _ int) { count = kept })
		keep(t, claims, "me", "a")
		time.Sleep(claimTime - time.Second)
		keep(t, claims, "me", "b")
		if _, isNew := claims.take(digestOf("a"), owner("me")); isNew {
			t.Error("a claim expired too early")
		}
		time.Sleep(time.Second)
		keep(t, claims, "me", "a")
		if count != 2 {
			t.Errorf("%d are kept", count)
		}
		time.Sleep(claimTime)
		running, _ := claims.take(digestOf("c"), owner("me"))
		if len(claims.byKey) != 1 || claims.kept.Len() != 0 || len(claims.owners) != 0 || count != 0 {
			t.Errorf("%d claims, %d kept, %d owners", len(claims.byKey), claims.kept.Len(), len(claims.owners))
		}
		claims.end(running, claimResult{}, false)
		keep(t, claims, "me", "c")
	})
}

// A caller with many writes pushes out only its own claims, and all callers together the oldest. A running write is never
// forgotten.
func TestClaims_AreBounded(t *testing.T) {
	t.Parallel()
	var count, early int
	claims := NewClaims(func(kept, forgotten int) { count, early = kept, early+forgotten })
	_, _ = claims.take(digestOf("running"), owner("me"))
	keep(t, claims, "other", "other")
	for i := range maxCallerClaims + 1 {
		keep(t, claims, "me", strconv.Itoa(i))
	}
	if count != maxCallerClaims+1 || early != 1 || isKept(claims, "0") || !isKept(claims, "1") || !isKept(claims, "other") {
		t.Errorf("%d are kept, %d forgotten", count, early)
	}
	for i := range maxClaims {
		keep(t, claims, strconv.Itoa(i/100), "more"+strconv.Itoa(i))
	}
	if count != maxClaims || isKept(claims, "other") || !isKept(claims, "more0") || !isKept(claims, "running") || len(claims.byKey) != maxClaims+1 {
		t.Errorf("%d are kept", count)
	}
	if len(claims.owners) != maxClaims/100 {
		t.Errorf("%d owners", len(claims.owners))
	}
}

// newOnce returns the loaders of two operations of one caller.
func newOnce(t *testing.T) (first, second *Loaders) {
	t.Helper()
	client := newUpstream(t, listed()).client(t)
	first, second = New(client, NewPublic(client, 0)), New(client, NewPublic(client, 0))
	first.Claims = NewClaims(nil)
	second.Claims = first.Claims
	return first, second
}

// The write has the operation's deadline, but does not end with the client's connection.
func TestOnce_OutlivesTheConnection(t *testing.T) {
	t.Parallel()
	loaders, _ := newOnce(t)
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	id, err := loaders.Once(ctx, "key", idA, "input", func(ctx context.Context) (string, error) {
		cancel()
		if end, ok := ctx.Deadline(); !ok || !end.Equal(deadline) {
			t.Errorf("the deadline is %v", end)
		}
		return "id", ctx.Err()
	})
	if id != "id" || err != nil {
		t.Errorf("got %q, %v", id, err)
	}
}

// An operation that waits for the write of another makes it if nothing was changed, and ends with its own context.
func TestOnce_Waits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		claims := NewClaims(nil)
		client, err := rest.New(rest.Config{})
		if err != nil {
			t.Fatal(err)
		}
		once := func(ctx context.Context, write func(context.Context) (string, error)) (string, error) {
			loaders := New(client, nil)
			loaders.Claims = claims
			return loaders.Once(ctx, "key", idA, "input", write)
		}
		fails := func(context.Context) (string, error) {
			time.Sleep(time.Second)
			return "", &rest.Error{Code: rest.BadInput}
		}
		go func() { _, _ = once(t.Context(), fails) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := once(ctx, nil); outcomeOf(err) != rest.OutcomeUnknown {
			t.Errorf("got %v", err)
		}
		id, err := once(t.Context(), func(context.Context) (string, error) { return "id", nil })
		if id != "id" || err != nil {
			t.Errorf("got %q, %v", id, err)
		}
	})
}

// A write that panics may have changed something.
func TestOnce_Panic(t *testing.T) {
	t.Parallel()
	first, second := newOnce(t)
	func() {
		defer func() { _ = recover() }()
		_, _ = first.Once(t.Context(), "key", idA, "input", func(context.Context) (string, error) { panic("test") })
	}()
	_, err := second.Once(t.Context(), "key", idA, "input", nil)
	if outcomeOf(err) != rest.OutcomeUnknown {
		t.Errorf("got %v", err)
	}
}

// A repetition clears the cache of the conversation that was written to, and knows no events of others, even if mStudio sent
// none for the write.
func TestOnce_WithoutEvent(t *testing.T) {
	t.Parallel()
	api := &writable{}
	api.upstream = newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			api.answer(w, r)
			return
		}
		respond(http.StatusOK, `{"messageId":"`+idB+`","conversationId":"`+idA+`"}`)(w, r)
	}))
	for conversationID, write := range map[string]func(context.Context, *Loaders) (string, error){
		idA: func(ctx context.Context, l *Loaders) (string, error) {
			return l.SendMessage(ctx, idA, rest.NewMessage{})
		},
		"": func(ctx context.Context, l *Loaders) (string, error) {
			return l.CreateConversation(ctx, rest.NewConversation{})
		},
	} {
		client := api.client(t) // callers of two clients differ
		first, second := New(client, NewPublic(client, 0)), New(client, NewPublic(client, 0))
		first.Claims = NewClaims(nil)
		second.Claims = first.Claims
		first.Await(Event{idC, "9"})
		for _, l := range []*Loaders{first, second} {
			_, _ = l.Messages.Load(t.Context(), idA)
			if _, err := l.Once(t.Context(), "key", conversationID, "input", func(ctx context.Context) (string, error) { return write(ctx, l) }); err != nil {
				t.Fatal(err)
			}
			_, _ = l.Messages.Load(t.Context(), idA)
		}
		read := "/v2/conversations/" + idA + "/messages after "
		api.wantReads(t, read, read, read, read)
		if got := second.Written(); got != nil {
			t.Errorf("events %v", got)
		}
	}
}
