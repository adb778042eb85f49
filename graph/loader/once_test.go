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

// Concurrent loads of the same keys fetch each key once.
func TestOnceLoader_FetchesEachKeyOnce(t *testing.T) {
	t.Parallel()
	const keys, callers = 100, 64
	var fetched [keys]atomic.Int32
	loader, fetch := &onceLoader[int, int]{}, func(ctx context.Context, key int) (int, error) {
		fetched[key].Add(1)
		return key * key, ctx.Err()
	}
	var loading sync.WaitGroup
	for range callers {
		loading.Go(func() {
			for _, key := range rand.Perm(keys) {
				got, err := loader.load(t.Context(), key, fetch)
				if err != nil || got != key*key {
					t.Errorf("key %d: want %d, got %d, %v", key, key*key, got, err)
				}
			}
		})
	}
	loading.Wait()
	for key := range fetched {
		if got := fetched[key].Load(); got != 1 {
			t.Errorf("key %d: want 1 fetch, got %d", key, got)
		}
	}
}

// A started fetch runs without a load, and does not wait for other keys.
func TestOnceLoader_Start(t *testing.T) {
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
		loader.start(t.Context(), key, fetch) // already started
	}
	// All fetches are in flight at once.
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

func TestOnceLoader_OneErrorPerKey(t *testing.T) {
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
	// The second load returns the cached error.
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

func TestOnceLoader_TurnsAPanicIntoAnError(t *testing.T) {
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
				t.Errorf("the error contains the panic's value: %v", err)
			}
			if !strings.Contains(string(panicked.Stack), "TestOnceLoader_TurnsAPanicIntoAnError") {
				t.Errorf("the stack does not lead to the panic:\n%s", panicked.Stack)
			}
			if got, err := loader.load(t.Context(), "good", fetch); err != nil || got != "value of good" {
				t.Errorf("the other key: got %q, %v", got, err)
			}
			// The panic is cached like any other error.
			if _, err := loader.load(t.Context(), "bad", fetch); !errors.As(err, &panicked) {
				t.Errorf("second load: want a *PanicError, got %v", err)
			}
			if got := fetches.Load(); got != 2 {
				t.Errorf("want 2 fetches, got %d", got)
			}
		})
	}
}
