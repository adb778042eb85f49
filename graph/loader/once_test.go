package loader

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Many resolvers ask for the same few objects at the same time, each in its own order.
func TestEachFetchesEveryKeyOnce(t *testing.T) {
	t.Parallel()
	const keys, askers = 100, 64
	var fetched [keys]atomic.Int32
	loader, fetch := &onceLoader[int, int]{}, func(_ context.Context, key int) (int, error) {
		fetched[key].Add(1)
		return key * key, nil
	}
	var asking sync.WaitGroup
	for range askers {
		asking.Go(func() {
			for _, key := range rand.Perm(keys) {
				got, err := loader.load(t.Context(), key, fetch)
				if err != nil || got != key*key {
					t.Errorf("key %d: want %d, got %d, %v", key, key*key, got, err)
				}
			}
		})
	}
	asking.Wait()
	for key := range fetched {
		if got := fetched[key].Load(); got != 1 {
			t.Errorf("key %d: want 1 fetch, got %d", key, got)
		}
	}
}

// A fetch that is started early runs whether or not anybody waits for it, and does not wait for other keys.
func TestEachStartsEarly(t *testing.T) {
	t.Parallel()
	const keys = 10
	started, proceed := make(chan int, keys), make(chan struct{})
	loader, fetch := &onceLoader[int, int]{}, func(_ context.Context, key int) (int, error) {
		started <- key
		<-proceed
		return key, nil
	}
	for key := range keys {
		loader.start(t.Context(), key, fetch)
		loader.start(t.Context(), key, fetch) // nothing to do
	}
	// All are in flight at once: none has been answered yet.
	for range keys {
		<-started
	}
	close(proceed)
	for key := range keys {
		if got, err := loader.load(t.Context(), key, fetch); err != nil || got != key {
			t.Errorf("key %d: got %d, %v", key, got, err)
		}
	}
}

func TestEachGivesEachKeyItsOwnError(t *testing.T) {
	t.Parallel()
	errOdd := errors.New("odd")
	var fetches atomic.Int32
	loader, fetch := &onceLoader[int, int]{}, func(_ context.Context, key int) (int, error) {
		fetches.Add(1)
		if key%2 != 0 {
			return 0, errOdd
		}
		return key * key, nil
	}
	const keys = 50
	// Twice: an error is an answer too, and is kept for the operation.
	for range 2 {
		for _, key := range rand.Perm(keys) {
			got, err := loader.load(t.Context(), key, fetch)
			switch {
			case key%2 != 0 && !errors.Is(err, errOdd):
				t.Errorf("key %d: want its error, got %d, %v", key, got, err)
			case key%2 == 0 && (err != nil || got != key*key):
				t.Errorf("key %d: want %d, got %d, %v", key, key*key, got, err)
			}
		}
	}
	if got := fetches.Load(); got != keys {
		t.Errorf("want %d fetches, got %d", keys, got)
	}
}

func TestEachTurnsAPanicIntoAnError(t *testing.T) {
	t.Parallel()
	const value = "a password from a document"
	panics := map[string]func(){
		"text":        func() { panic(value) },
		"error":       func() { panic(errors.New(value)) },
		"of Go's own": func() { _ = []string{value}[len(value)] },
	}
	for name, explode := range panics {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var fetches atomic.Int32
			loader, fetch := &onceLoader[string, string]{}, func(_ context.Context, key string) (string, error) {
				fetches.Add(1)
				if key == "bad" {
					explode()
				}
				return "value of " + key, nil
			}
			got, err := loader.load(t.Context(), "bad", fetch)
			var panicked *PanicError
			if !errors.As(err, &panicked) {
				t.Fatalf("want a *PanicError, got %q, %v", got, err)
			}
			if strings.Contains(err.Error(), value) {
				t.Errorf("the text holds the panic's value: %v", err)
			}
			if !strings.Contains(string(panicked.Stack), "TestEachTurnsAPanicIntoAnError") {
				t.Errorf("the stack does not lead to the panic:\n%s", panicked.Stack)
			}
			if got, err := loader.load(t.Context(), "good", fetch); err != nil || got != "value of good" {
				t.Errorf("the other key: got %q, %v", got, err)
			}
			// The panic is kept like any other error: trying again would be one more panic.
			if _, err := loader.load(t.Context(), "bad", fetch); !errors.As(err, &panicked) {
				t.Errorf("asked again: want a *PanicError, got %v", err)
			}
			if got := fetches.Load(); got != 2 {
				t.Errorf("want 2 fetches, got %d", got)
			}
		})
	}
}
