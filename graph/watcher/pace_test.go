package watcher

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

func TestPace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		allowance   float64
		quiet, want time.Duration
	}{
		{60, 0, 2 * time.Second},
		{60, 10 * time.Minute, 5 * time.Second},
		{60, 30 * time.Minute, 9 * time.Second},
		{60, time.Hour, 10 * time.Second},
		{60, 3 * time.Hour, 30 * time.Second},
		{59.9, 0, 2 * time.Second},
		{59.9, 100 * time.Second, 7 * time.Second},
		{59.9, 29 * time.Minute, 15 * time.Second},
		{10, time.Hour, 30 * time.Second},
		{unknownAllowance, 2 * time.Hour, time.Minute - 600*time.Millisecond},
		{9.9, 0, 5 * time.Second},
		{9.9, 20 * time.Minute, 30 * time.Second},
		{9.9, time.Hour, time.Minute},
		{9.9, 24 * time.Hour, 2 * time.Minute},
		{60, -time.Hour, 2 * time.Second},
	} {
		got := paceOf(test.allowance).interval(test.quiet)
		if difference := (got - test.want).Abs(); difference > time.Second {
			t.Errorf("%v calls a minute, quiet for %s: %s, want %s", test.allowance, test.quiet, got, test.want)
		}
	}
}

// A conversation from the future does not make a quiet inbox look busy.
func TestPace_Future(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(5)...)
		u.conversations[2].At = time.Now().UTC().Add(24 * time.Hour)
		h := newHub(t, Config{})
		for _, target := range []Target{{}, {ConversationID: u.conversations[2].ID}} {
			wantKinds(t, subscribe(t, h, subscription(u.client, target)), "SYNCED")
		}
		u.take()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if calls := len(u.take()); calls > 14 {
			t.Errorf("%d calls in 10 minutes", calls)
		}
	})
}

// A busy inbox: the median delay of a change is at most 4 s at 6 calls a minute, or 2 s at 15 with plenty of calls.
func TestPace_Delay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit  int // per minute; 0 is unknown
		median time.Duration
		calls  float64
	}{
		"unknown": {0, 4 * time.Second, 6},
		"plenty":  {600, 2 * time.Second, 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				median, calls := workingDays(t, test.limit)
				t.Logf("median %s, %.1f calls a minute", median, calls)
				if median > test.median || calls > test.calls {
					t.Errorf("median delay %s at %.1f calls a minute", median, calls)
				}
			})
		})
	}
}

// workingDays runs two days of eight hours with ten talks a day, and returns the median delay and the calls per minute. A talk
// is a few messages with minutes between them.
func workingDays(t *testing.T, limit int) (median time.Duration, perMinute float64) {
	t.Helper()
	u := newUpstream(t, quietInbox(30)...)
	if limit > 0 {
		u.header = func(header http.Header) {
			header.Set("X-RateLimit-Limit", strconv.Itoa(limit))
			header.Set("X-RateLimit-Remaining", strconv.Itoa(limit-1))
			header.Set("X-RateLimit-Reset", "60")
		}
	}
	h := newHub(t, Config{})
	b := subscribe(t, h, subscription(u.client, Target{}))
	var written time.Time
	var delays []time.Duration
	b.Notify(func() {
		if !written.IsZero() {
			delays, written = append(delays, time.Since(written)), time.Time{}
		}
		b.Take()
	})
	rnd := rand.New(rand.NewPCG(1, 1))
	pause := func(mean time.Duration) {
		time.Sleep(time.Duration(rnd.ExpFloat64() * float64(mean)))
		synctest.Wait()
	}
	began := time.Now()
	for time.Since(began) < 2*8*time.Hour {
		pause(48 * time.Minute)
		for range 1 + rnd.IntN(8) {
			written = time.Now()
			u.write(u.conversations[rnd.IntN(30)], "x")
			pause(time.Minute)
		}
	}
	slices.Sort(delays)
	return delays[len(delays)/2], float64(len(u.take())) / time.Since(began).Minutes()
}

// Polls spend no more than their part of the rate limit, and they go on while a batch of the caller runs.
func TestPace_Budget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		u.conversations[0].At = time.Now().UTC()
		used, ends := 0, time.Time{}
		u.header = func(header http.Header) {
			if now := time.Now(); !now.Before(ends) {
				used, ends = 0, now.Add(20*time.Second)
			}
			used++
			header.Set("X-RateLimit-Limit", "100")
			header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, 100-used)))
			header.Set("X-RateLimit-Reset", strconv.Itoa(int(time.Until(ends).Seconds())))
		}
		h := newHub(t, Config{})
		subscribe(t, h, subscription(u.client, Target{}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		batch := u.client.WithLimits(rest.Limits{Batch: true})
		for ctx.Err() == nil {
			_, _ = batch.Conversation(ctx, uuidOf(1))
		}
		lists := 0
		for _, call := range u.take() {
			if call == "list" {
				lists++
			}
		}
		if lists < 12 || lists > 30 {
			t.Errorf("%d polls in a minute", lists)
		}
	})
}

// A caller with few calls is polled rarely, also if a poll needs many.
func TestPace_Scarce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(120)...)
		u.header = func(header http.Header) {
			header.Set("X-RateLimit-Limit", "20")
			header.Set("X-RateLimit-Remaining", "19")
			header.Set("X-RateLimit-Reset", "60")
		}
		h := newHub(t, Config{})
		subscribe(t, h, subscription(u.client, Target{}))
		u.take()
		u.write(u.conversations[5], "now")
		h.Hint([]string{uuidOf(5)})
		time.Sleep(10 * time.Minute)
		if calls := len(u.take()); calls > 66 {
			t.Errorf("%d calls in ten minutes, of 60 that polls may make", calls)
		}
	})
}

// Each poll reads the first page and one further page in turn. The first poll reads all.
func TestList_Rotation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(350)...)
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{}))
		if calls := u.take(); len(calls) != 4 {
			t.Errorf("the first poll: %q", calls)
		}
		u.change(func() { u.conversations[349].Status = "closed" })
		for _, page := range []string{"100", "200", "300", "100"} {
			time.Sleep(fast)
			synctest.Wait()
			wantCalls(t, u, "list", "list "+page)
		}
		wantKinds(t, b, "SYNCED CHANGED")
		u.change(func() { u.conversations = slices.Delete(u.conversations, 220, 221) })
		time.Sleep(time.Minute)
		wantEvents(t, b, event{Kind: "REMOVED", ID: uuidOf(220)})
	})
}

// Rows beyond --live-rows are not watched until they have a new message.
func TestLimit_Rows(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]string{150: "SYNCED CHANGED", 149: "SYNCED"} {
		synctest.Test(t, func(t *testing.T) {
			u := newUpstream(t, quietInbox(150)...)
			h := newHub(t, Config{Interval: fast, Rows: rows})
			b := subscribe(t, h, subscription(u.client, Target{}))
			u.change(func() { u.conversations[149].Status = "closed" })
			time.Sleep(20 * fast)
			wantKinds(t, b, want)
			u.write(u.conversations[149], "now")
			time.Sleep(20 * fast)
			if got := b.kinds(); got != "ADDED" && got != "CHANGED" {
				t.Errorf("%d rows: got %q", rows, got)
			}
		})
	}
}

// A list whose pages do not fit into the rate limit becomes known in turn.
func TestList_LateRows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(500)...)
		u.header = func(header http.Header) {
			header.Set("X-RateLimit-Limit", "20")
			header.Set("X-RateLimit-Remaining", "19")
			header.Set("X-RateLimit-Reset", "60")
		}
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{}))
		if calls := len(u.take()); calls > 2 {
			t.Errorf("%d calls", calls)
		}
		wantKinds(t, b, "SYNCED")
		time.Sleep(2 * time.Minute)
		wantKinds(t, b, "RESYNC")
	})
}

// No event of one caller is on a stream of another, though both have the same IDs.
func TestTwoCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mine, theirs := newUpstream(t, quietInbox(50)...), newUpstream(t, quietInbox(50)...)
		h := newHub(t, Config{Interval: fast})
		first := subscribe(t, h, subscription(mine.client, Target{}))
		sub := subscription(theirs.client, Target{})
		sub.Caller.Key = "another"
		second := subscribe(t, h, sub)
		for i := range 50 {
			mine.change(func() { mine.conversations[i].Title = "canary" })
			theirs.change(func() { theirs.conversations[i].Title = "other" })
			time.Sleep(fast)
			h.Wrote(Caller{Key: "another", Client: theirs.client}, []loader.Event{{ConversationID: uuidOf(i), ID: "1"}})
			for _, e := range first.events() {
				if e.Title == "other" {
					t.Errorf("got %+v", e)
				}
			}
			for _, e := range second.events() {
				if e.Title == "canary" {
					t.Errorf("got %+v", e)
				}
			}
		}
	})
}

// A cursor of one caller tells another nothing.
func TestTwoCallers_Cursor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{}))
		sub := subscription(u.client, Target{After: lastCursor(t, b)})
		sub.Caller.Key = "another"
		wantKinds(t, subscribe(t, h, sub), "RESYNC")
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: fast})
		subscribe(t, h, subscription(u.client, Target{}))
		u.change(func() { u.latency = 3 * time.Second })
		joined := make(chan error)
		go func() {
			sub := subscription(u.client, Target{})
			sub.Caller.Key = "another"
			_, err := h.Subscribe(t.Context(), sub)
			joined <- err
		}()
		time.Sleep(fast + time.Second)
		go h.Close()
		if err := <-joined; err != nil && time.Since(time.Now()) > time.Second {
			t.Error("Close did not end what waited")
		}
		h.Close()
		if _, err := h.Subscribe(t.Context(), subscription(u.client, Target{})); err == nil {
			t.Error("subscribed after Close")
		}
		u.take()
		time.Sleep(time.Hour)
		wantCalls(t, u)
	})
}

// A caller who leaves while the first poll runs ends it.
func TestSubscribe_Canceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		u.latency = 3 * time.Second
		h := newHub(t, Config{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.Subscribe(ctx, subscription(u.client, Target{})); err == nil {
			t.Error("no error")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(h.all()) > 0 {
			t.Error("the caller is still watched")
		}
	})
}

func BenchmarkMerge(b *testing.B) {
	l := &list{}
	page := &reading{total: 100, next: 1, starts: true, ends: true, all: true}
	for i := range 100 {
		page.rows = append(page.rows, &rest.Conversation{ID: uuidOf(i), ShortID: "abcdef", Title: "a title of a usual length", CreatedBy: &rest.User{}})
	}
	b.ReportAllocs()
	for b.Loop() {
		l.merge(page, func(*rest.Conversation) uint64 { return 1 }, 2000, time.Time{})
	}
}

// When many callers subscribe at once, as after a restart, their polls take turns.
func TestLimit_PollsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		u.latency = 100 * time.Millisecond
		h := newHub(t, Config{Polls: 10})
		var group sync.WaitGroup
		for i := range 200 {
			sub := subscription(u.client.WithToken(tokenOf(t, uuidOf(i))), Target{})
			sub.Caller.Key = uuidOf(i)
			group.Go(func() {
				for range 3 {
					if _, err := h.Subscribe(t.Context(), sub); err != nil {
						t.Error(err)
					}
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		synctest.Wait()
		if calls := len(u.take()); calls != 10 {
			t.Errorf("%d polls at once", calls)
		}
		group.Wait()
		if calls := len(u.take()); calls != 190 {
			t.Errorf("%d further polls", calls)
		}
	})
}
