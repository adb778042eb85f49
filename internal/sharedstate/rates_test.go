package sharedstate_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/rest"
)

var anna = rest.SharedCaller{1}

// rateOf returns a rate of 300 calls in a window whose end is known to two seconds.
func rateOf(remaining int, latest time.Duration) rest.SharedRate {
	return rest.SharedRate{Limit: 300, Remaining: remaining, Earliest: max(0, latest-2*time.Second), Latest: latest}
}

// eachServer runs a test with two replicas, in virtual time and with a real server.
func eachServer(t *testing.T, test func(t *testing.T, a, b sharedstate.Rates, settle func())) {
	t.Helper()
	t.Run("pipe", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			pipe := sharedstatetest.NewPipe(t)
			a, b := newPipeStore(t, pipe), newPipeStore(t, pipe)
			defer a.Close()
			defer b.Close()
			test(t, a.Rates(), b.Rates(), synctest.Wait)
		})
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		address := sharedstatetest.Start(t).Address
		a, b := newStore(t, address).Rates(), newStore(t, address).Rates()
		for _, rates := range []sharedstate.Rates{a, b} {
			for !isConnected(t.Context(), rates) {
				time.Sleep(10 * time.Millisecond)
			}
		}
		test(t, a, b, func() { time.Sleep(100 * time.Millisecond) })
	})
}

func isConnected(ctx context.Context, rates sharedstate.Rates) bool {
	_, ok := rates.Find(ctx, rest.SharedCaller{})
	return ok
}

// Within a window, the least that any replica has seen remains. A window that begins later replaces it.
func TestRates(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, a, b sharedstate.Rates, settle func()) {
		for _, test := range []struct {
			name             string
			seen             rest.SharedRate
			limit, remains   int
			earliest, latest time.Duration
		}{
			{"first", rateOf(200, 20*time.Second), 300, 200, 18 * time.Second, 20 * time.Second},
			{"more", rateOf(250, 20*time.Second), 300, 200, 18 * time.Second, 20 * time.Second},
			{"less", rateOf(100, 19*time.Second), 300, 100, 18 * time.Second, 19 * time.Second},
			{"the window before", rateOf(0, 2*time.Second), 300, 100, 18 * time.Second, 19 * time.Second},
			{"the next window", rateOf(299, 40*time.Second), 300, 299, 38 * time.Second, 40 * time.Second},
			{"a false window", rest.SharedRate{Limit: 300, Earliest: 9 * time.Minute, Latest: 9 * time.Minute}, 300, 0, 9 * time.Minute, 9 * time.Minute},
			{"a true one", rateOf(299, 40*time.Second), 300, 299, 38 * time.Second, 40 * time.Second},
			{"only a 429", rest.SharedRate{Latest: 39 * time.Second}, 300, 0, 38 * time.Second, 39 * time.Second},
		} {
			var got rest.SharedRate
			var ok bool
			for range 100 { // a server that answers late on a busy machine gets no writes for a while
				a.Saw(anna, test.seen)
				settle()
				if got, ok = b.Find(t.Context(), anna); ok && got.Limit == test.limit && got.Remaining == test.remains && got.Latest > test.latest-time.Second {
					break
				}
			}
			if !ok || got.Limit != test.limit || got.Remaining != test.remains {
				t.Errorf("%s: found %+v, %t", test.name, got, ok)
			}
			if early, late := test.earliest-got.Earliest, test.latest-got.Latest; early < 0 || early > 2*time.Second || late < 0 || late > 2*time.Second {
				t.Errorf("%s: the window ends in %v to %v, want %v to %v", test.name, got.Earliest, got.Latest, test.earliest, test.latest)
			}
		}
		if got, ok := b.Find(t.Context(), rest.SharedCaller{2}); !ok || got != (rest.SharedRate{}) {
			t.Errorf("another caller: found %+v, %t", got, ok)
		}
	})
}

// A replica finds the claims of the others, and not its own.
func TestRates_Claims(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, a, b sharedstate.Rates, settle func()) {
		want := func(from sharedstate.Rates, calls, others int) {
			t.Helper()
			if got, ok := from.Claim(t.Context(), anna, calls); !ok || got.Claims != others {
				t.Errorf("found %+v, %t, want %d claims", got, ok, others)
			}
		}
		want(a, 101, 0)
		want(b, 50, 101)
		want(a, 70, 50)
		seen := rateOf(200, 20*time.Second)
		seen.Claims = 7
		b.Saw(anna, seen)
		settle()
		want(a, 0, 7)
		want(b, 0, 0)
	})
}

// Claims of a replica that has died and windows that have ended are forgotten.
func TestRates_Expire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		one, other := newPipeStore(t, pipe), newPipeStore(t, pipe)
		defer one.Close()
		defer other.Close()
		a, b := one.Rates(), other.Rates()
		a.Claim(t.Context(), anna, 5)
		a.Saw(anna, rest.SharedRate{Limit: 300, Remaining: 200, Latest: 10 * time.Second, Claims: 5})
		time.Sleep(10 * time.Second)
		if got, _ := b.Find(t.Context(), anna); got != (rest.SharedRate{Claims: 5}) {
			t.Errorf("after the window: %+v", got)
		}
		time.Sleep(5 * time.Second)
		if got, _ := b.Find(t.Context(), anna); got != (rest.SharedRate{}) {
			t.Errorf("15 s after the claim: %+v", got)
		}
		if keys := pipe.Keys(); len(keys) > 1 { // the replicas
			t.Errorf("left: %q", keys)
		}
	})
}

// mStudio answers 429 to one caller, and counts calls.
type mStudio struct {
	url   string
	calls atomic.Int64
}

func newMStudio(t *testing.T, busy string) *mStudio {
	t.Helper()
	m := &mStudio{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.calls.Add(1)
		remaining, status := "299", http.StatusOK
		if r.Header.Get("X-Access-Token") == busy {
			remaining, status = "0", http.StatusTooManyRequests
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-RateLimit-Limit", "300")
		w.Header().Set("X-RateLimit-Remaining", remaining)
		w.Header().Set("X-RateLimit-Reset", "60")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{}`)
	}))
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

// replica returns the client of a replica.
func (m *mStudio) replica(t *testing.T, store *sharedstate.Store) *rest.Client {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: m.url, CallerKey: sharedstate.CallerKey(make([]byte, 32)), SharedRates: store.Rates()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func callerOf(t *testing.T, client *rest.Client, text string) *rest.Client {
	t.Helper()
	token, err := rest.NewToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return client.WithToken(token)
}

func read(t *testing.T, client *rest.Client, text string) error {
	t.Helper()
	_, err := callerOf(t, client, text).Conversation(t.Context(), "3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11")
	return err
}

// A 429 that one replica has met stops the first call of the caller on another one, and calls of no other caller. Calls of a
// known caller read nothing.
func TestRates_Refusal(t *testing.T) {
	t.Parallel()
	pipe, upstream := sharedstatetest.NewPipe(t), newMStudio(t, "busy")
	replica := func() (*rest.Client, sharedstate.Rates) {
		store, err := sharedstate.New(sharedstate.Config{URL: pipe.URL(), Key: make([]byte, 32), Dial: pipe.Dial, Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		for !isConnected(t.Context(), store.Rates()) {
			time.Sleep(time.Millisecond)
		}
		return upstream.replica(t, store), store.Rates()
	}
	a, _ := replica()
	b, seen := replica()
	if err := read(t, a, "busy"); !isRateLimited(err) {
		t.Fatalf("on A: %v", err)
	}
	for rate, ok := (rest.SharedRate{}), false; !ok || rate.Latest == 0; {
		rate, ok = seen.Find(t.Context(), callerOf(t, a, "busy").SharedCaller())
	}
	if err := read(t, b, "busy"); !isRateLimited(err) || upstream.calls.Load() != 1 {
		t.Errorf("on B: %v after %d calls", err, upstream.calls.Load())
	}
	before, began := pipe.Commands("TYPE"), time.Now() // in scripts; this test runs no other with it
	for range 20 {
		if err := read(t, b, "other"); err != nil {
			t.Errorf("another caller on B: %v", err)
		}
	}
	if calls := upstream.calls.Load(); calls != 21 {
		t.Errorf("%d calls", calls)
	}
	time.Sleep(50 * time.Millisecond)
	most := 2 + int(time.Since(began)/time.Second) // one read, one write per second
	if commands := pipe.Commands("TYPE") - before; commands < 2 || commands > most {
		t.Errorf("%d commands, want at most %d", commands, most)
	}
}

func isRateLimited(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	return ok && failure.Code == rest.RateLimited
}

// Whatever the entry of a caller contains and whatever the server does, calls are made as without a store. The next response
// repairs the entry.
func TestRates_Garbage(t *testing.T) {
	t.Parallel()
	ends := func(in time.Duration) string { return strconv.FormatInt(time.Now().Add(in).UnixMilli(), 10) }
	fields := func(pipe *sharedstatetest.Pipe, key string, values ...string) { pipe.Redis.HSet(key, values...) }
	many := make([]string, 20_000)
	for i := range many {
		many[i] = strconv.Itoa(i)
	}
	for name, spoil := range map[string]func(pipe *sharedstatetest.Pipe, key string){
		"text":         func(p *sharedstatetest.Pipe, key string) { _ = p.Redis.Set(key, "garbage") },
		"list":         func(p *sharedstatetest.Pipe, key string) { _, _ = p.Redis.Push(key, "0") },
		"other fields": func(p *sharedstatetest.Pipe, key string) { fields(p, key, "a", "b", "l", "") },
		"words":        func(p *sharedstatetest.Pipe, key string) { fields(p, key, "l", "x", "r", "y", "e", "nan", "s", "inf") },
		"no numbers": func(p *sharedstatetest.Pipe, key string) {
			fields(p, key, "l", "nan", "r", "nan", "e", ends(time.Minute), "s", "0")
		},
		"too many left": func(p *sharedstatetest.Pipe, key string) {
			fields(p, key, "l", "3", "r", "9", "e", ends(time.Minute), "s", "0")
		},
		"negative": func(p *sharedstatetest.Pipe, key string) {
			fields(p, key, "l", "300", "r", "-1", "e", ends(time.Minute), "s", "0")
		},
		"far away": func(p *sharedstatetest.Pipe, key string) {
			fields(p, key, "l", "300", "r", "0", "e", ends(time.Hour), "s", "0")
		},
		"over": func(p *sharedstatetest.Pipe, key string) {
			fields(p, key, "l", "300", "r", "0", "e", ends(-time.Second), "s", "0")
		},
		"many fields": func(p *sharedstatetest.Pipe, key string) { fields(p, key, many...) },
		"an error":    func(p *sharedstatetest.Pipe, _ string) { p.Fail("ERR unknown") },
		"gone":        func(p *sharedstatetest.Pipe, _ string) { p.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pipe, upstream, garbage := sharedstatetest.NewPipe(t), newMStudio(t, ""), atomic.Int64{}
			store, err := sharedstate.New(sharedstate.Config{URL: pipe.URL(), Key: make([]byte, 32), Dial: pipe.Dial, Timeout: time.Second, Observer: sharedstate.Observer{
				Garbage: func(sharedstate.Use) { garbage.Add(1) },
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(store.Close)
			for !isConnected(t.Context(), store.Rates()) {
				time.Sleep(time.Millisecond)
			}
			client := upstream.replica(t, store)
			caller := callerOf(t, client, "anna").SharedCaller()
			spoil(pipe, "mg1:r:"+base64.RawURLEncoding.EncodeToString(caller[:]))
			if err := read(t, client, "anna"); err != nil || upstream.calls.Load() != 1 {
				t.Errorf("%v after %d calls", err, upstream.calls.Load())
			}
			isCounted := name != "over" && name != "an error" && name != "gone"
			if got := garbage.Load() == 1; got != isCounted {
				t.Errorf("counted: %t", got)
			}
			if name == "gone" || name == "an error" {
				return
			}
			for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
				rate, ok := store.Rates().Find(t.Context(), caller)
				if ok && rate.Limit == 300 && rate.Remaining == 299 {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("the entry is not repaired: %+v", rate)
				}
			}
		})
	}
}
