package live_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/gateway/live"
)

// inTime runs a test with streams in virtual time.
func inTime(t *testing.T, config live.Config, test func(t *testing.T, b *broadcaster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, broadcastOverPipes(t, config)) })
}

// reasonOf waits for the end of all streams and returns the reason in the log.
func (b *broadcaster) reasonOf(t *testing.T) string {
	t.Helper()
	b.expectNoStream(t)
	_, reason, _ := strings.Cut(b.log.String(), "reason=")
	return strings.TrimSpace(reason)
}

// An idle stream has heartbeats. A result postpones them.
func TestServe_Heartbeats(t *testing.T) {
	t.Parallel()
	const part = "\r\nContent-Type: application/json\r\n\r\n"
	for accept, want := range map[string]struct{ begin, heartbeat, result string }{
		events: {"", ":\n\n", "event: next\ndata: {}\n\n"},
		parts:  {"\r\n--graphql", part + "{}\r\n--graphql", part + `{"payload":{}}` + "\r\n--graphql"},
	} {
		inTime(t, usual, func(t *testing.T, b *broadcaster) {
			r, start := b.open(t, accept), time.Now()
			r.expect(want.begin)
			expectAt := func(at time.Duration) {
				r.expect(want.heartbeat)
				if got := time.Since(start); got != at {
					t.Errorf("after %s, want %s", got, at)
				}
			}
			expectAt(15 * time.Second)
			expectAt(30 * time.Second)
			time.Sleep(10 * time.Second)
			r.source.add(nil, "{}")
			r.expect(want.result)
			expectAt(55 * time.Second)
		})
	}
}

// A stream ends after its life, plus or minus 10 percent, and does not look complete.
func TestServe_Life(t *testing.T) {
	t.Parallel()
	lives := map[time.Duration]bool{}
	for range 5 {
		config := usual
		config.StreamPing = 2 * time.Hour
		inTime(t, config, func(t *testing.T, b *broadcaster) {
			r, start := b.open(t, events), time.Now()
			r.expectEnd(false)
			took := time.Since(start)
			if lives[took] = true; took < 54*time.Minute || took > 66*time.Minute {
				t.Errorf("ended after %s", took)
			}
			if reason := b.reasonOf(t); reason != "life" || !r.source.closed.Load() {
				t.Error(reason)
			}
		})
	}
	if len(lives) == 1 {
		t.Error("all lives are equally long")
	}
}

// A client that does not read loses its connection. Others get every event meanwhile.
func TestServe_SlowReader(t *testing.T) {
	t.Parallel()
	inTime(t, usual, func(t *testing.T, b *broadcaster) {
		slow := b.open(t, events, "X-Caller: slow")
		var others []*reader
		for i := range 9 {
			others = append(others, b.open(t, events, fmt.Sprint("X-Caller: ", i)))
		}
		start := time.Now()
		slow.source.add(nil, "{}")
		for second := range 10 {
			for _, other := range others {
				other.source.add(nil, fmt.Sprint(second))
				other.expect(fmt.Sprintf("event: next\ndata: %d\n\n", second))
			}
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if open := b.streams.Open(); time.Since(start) != 10*time.Second || open != 9 {
			t.Errorf("%d streams are open after %s", open, time.Since(start))
		}
		slow.expectEnd(false)
		if !slow.source.closed.Load() || !strings.Contains(b.log.String(), "reason=write_timeout") {
			t.Error(b.log)
		}
		if dropped := b.gathered(t, "live_dropped_total", "write_timeout"); dropped != 1 {
			t.Errorf("%v streams are counted as dropped", dropped)
		}
	})
}

// A client that leaves frees its place at once.
func TestServe_ClientLeaves(t *testing.T) {
	t.Parallel()
	inTime(t, usual, func(t *testing.T, b *broadcaster) {
		r := b.open(t, events)
		if open := b.gathered(t, "live_streams", "sse"); open != 1 || b.streams.Open() != 1 {
			t.Errorf("%v, %d", open, b.streams.Open())
		}
		_ = r.conn.Close()
		synctest.Wait()
		if open := b.streams.Open(); open != 0 || !r.source.closed.Load() || b.reasonOf(t) != "client" {
			t.Errorf("%d streams are open: %s", open, b.log)
		}
		r.source.add(completed(), "{}") // nobody writes it
	})
}

// A client has nothing to say on a stream. One that sends much loses it.
func TestServe_ClientSends(t *testing.T) {
	t.Parallel()
	inTime(t, usual, func(t *testing.T, b *broadcaster) {
		r := b.open(t, events)
		_, _ = r.conn.Write([]byte("\r\n"))
		r.source.add(nil, "{}")
		r.expect("event: next\ndata: {}\n\n")
		_, _ = r.conn.Write(make([]byte, 1<<20))
		r.expectEnd(false)
		if reason := b.reasonOf(t); reason != "client" {
			t.Error(reason)
		}
	})
}

// Streams end spread over a time in a drain, and no new ones begin.
func TestDrain(t *testing.T) {
	t.Parallel()
	const count, over = 1000, 10 * time.Second
	config := usual
	config.MaxStreams, config.MaxStreamsPerCaller = count, count
	inTime(t, config, func(t *testing.T, b *broadcaster) {
		ends, start := make(chan time.Duration, count), time.Now()
		for range count {
			r := b.open(t, events)
			go func() {
				r.expectEnd(false)
				ends <- time.Since(start)
			}()
		}
		synctest.Wait()
		drained := make(chan time.Duration)
		go func() {
			b.streams.Drain(t.Context(), over)
			drained <- time.Since(start)
		}()
		synctest.Wait()
		if late := b.open(t, events, "X-Caller: late"); late.status != "503 Service Unavailable" {
			t.Error(late.status)
		}
		if took := <-drained; took != over-over/count {
			t.Errorf("drained after %s", took)
		}
		perSecond := map[time.Duration]int{}
		for range count {
			perSecond[(<-ends).Truncate(time.Second)]++
		}
		for second, ended := range perSecond {
			if ended != count/10 {
				t.Errorf("%d streams ended in second %s", ended, second)
			}
		}
		if lines := strings.Count(b.log.String(), "reason=drain"); lines != count || b.streams.Open() != 0 {
			t.Errorf("%d lines, %d open streams", lines, b.streams.Open())
		}
	})
}

// A drain does not last longer than the streams.
func TestDrain_ClientsLeave(t *testing.T) {
	t.Parallel()
	inTime(t, usual, func(t *testing.T, b *broadcaster) {
		start := time.Now()
		for range 5 {
			r := b.open(t, events)
			time.AfterFunc(time.Second, func() { _ = r.conn.Close() })
		}
		synctest.Wait()
		b.streams.Drain(t.Context(), time.Hour)
		if took := time.Since(start); took != time.Second {
			t.Errorf("drained after %s", took)
		}
	})
}

// A drain ends with its context, even if a client does not read. The streams end at their write timeout.
func TestDrain_Deadline(t *testing.T) {
	t.Parallel()
	inTime(t, usual, func(t *testing.T, b *broadcaster) {
		r, start := b.open(t, events), time.Now()
		r.source.add(nil, "{}")
		other := b.open(t, events)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		b.streams.Drain(ctx, time.Hour)
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("drained after %s", took)
		}
		other.expectEnd(false)
		time.Sleep(8 * time.Second)
		synctest.Wait()
		if open := b.streams.Open(); open != 0 {
			t.Errorf("%d streams are open", open)
		}
	})
}

// A stream whose place another has taken before its function was set ends as soon as it is set.
func TestStreams_EvictedBeforeOnEnd(t *testing.T) {
	t.Parallel()
	config := usual
	config.MaxStreams = 1
	synctest.Test(t, func(t *testing.T) {
		streams := live.New(config)
		evicted, _ := streams.Enter()
		if _, rejected := streams.Enter(); rejected != nil {
			t.Fatal(rejected)
		}
		gone := make(chan live.Reason, 1)
		evicted.OnEnd(func(reason live.Reason) { gone <- reason })
		synctest.Wait()
		if len(gone) == 0 {
			t.Fatal("the stream goes on without a place")
		}
		if reason := <-gone; reason != live.ReasonOverloaded {
			t.Error(reason)
		}
		evicted.Leave()
		if open := streams.Open(); open != 1 {
			t.Errorf("%d streams are open", open)
		}
	})
}

// A stream that begins during a drain ends at once, and one that has ended already stays so.
func TestDrain_Races(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		streams := live.New(usual)
		early, _ := streams.Enter()
		late, _ := streams.Enter()
		gone := make(chan live.Reason, 2)
		early.Leave()
		early.Leave()
		early.OnEnd(func(reason live.Reason) { gone <- reason })
		go streams.Drain(t.Context(), time.Second)
		synctest.Wait()
		late.OnEnd(func(reason live.Reason) {
			gone <- reason
			late.Leave()
		})
		if reason := <-gone; reason != live.ReasonDrain {
			t.Error(reason)
		}
		time.Sleep(2 * time.Hour)
		if len(gone) > 0 {
			t.Error("a stream that has ended was ended again")
		}
	})
}
