package live_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"mstudio-graphql/gateway/live"
)

// inBubble runs test with a broadcaster in virtual time.
func inBubble(t *testing.T, test func(t *testing.T, b *broadcaster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, broadcastOverPipes(t, usual)) })
}

// expectEnd waits until the connection ends, and checks when.
func expectEnd(t *testing.T, conn io.Reader, since time.Time, want time.Duration) {
	t.Helper()
	_, _ = io.Copy(io.Discard, conn)
	if got := time.Since(since); got != want {
		t.Errorf("the connection ends after %v, want %v", got, want)
	}
}

// Sockets whose caller is unknown do not shut out others: the one that has waited longest ends.
func TestWebSocket_Evicted(t *testing.T) {
	t.Parallel()
	config := usual
	config.MaxStreams = 3
	synctest.Test(t, func(t *testing.T) {
		b := broadcastOverPipes(t, config)
		claimed, idle := b.ready(t), [...]*client{b.openSocket(t), b.openSocket(t)}
		start := time.Now()
		for i, c := range idle {
			b.ready(t)
			expectEnd(t, c.raw, start, 0)
			if open := b.streams.Open(); open != 3 {
				t.Errorf("%d streams are open after %d", open, i)
			}
		}
		if c, status := b.connect(t, nil, live.Protocol); c != nil || status != http.StatusServiceUnavailable {
			t.Errorf("got %d", status)
		}
		claimed.send(`{"type":"ping"}`)
		claimed.expect(`{"type":"pong"}`)
	})
}

func TestWebSocket_InitTimeout(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		start, c := time.Now(), b.openSocket(t)
		time.Sleep(usual.StreamInitTimeout - time.Second)
		c.send(`{"type":"ping"}`)
		c.expect(`{"type":"pong"}`)
		c.expectClose(4408)
		if got := time.Since(start); got != usual.StreamInitTimeout {
			t.Error(got)
		}
	})
}

// A client that responds to pings keeps its socket. Operations run meanwhile.
func TestWebSocket_Pings(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		c := b.ready(t)
		c.subscribe("1", "events")
		c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
		source := <-b.started
		time.AfterFunc(30*time.Minute, func() { source.add(nil, `{"data":{"n":1}}`) })
		c.expect(`{"id":"1","type":"next","payload":{"data":{"n":1}}}`)
		if source.closed.Load() {
			t.Error("the source is closed")
		}
	})
}

// A client that reads but does not respond to pings has left: a proxy may read in its place.
func TestWebSocket_NoPong(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		c := b.ready(t)
		c.subscribe("1", "events")
		c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
		expectEnd(t, c.raw, time.Now(), 3*usual.StreamPing)
		if source := <-b.started; !source.closed.Load() {
			t.Error("the source is open")
		}
	})
}

// A client that does not read ends its own socket.
func TestWebSocket_SlowReader(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		slow, other := b.ready(t), b.ready(t)
		for _, c := range []*client{slow, other} {
			c.subscribe("1", "events")
			c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
		}
		first, second := <-b.started, <-b.started
		start := time.Now()
		for _, source := range []*queue{first, second} {
			source.add(nil, strings.Repeat(" ", 1<<20)+`{"data":{"n":1}}`, `{"data":{"n":2}}`)
		}
		time.Sleep(usual.StreamWriteTimeout - time.Second)
		if _, big, err := other.conn.Read(t.Context()); err != nil || len(big) < 1<<20 {
			t.Error(len(big), err)
		}
		other.expect(`{"id":"1","type":"next","payload":{"data":{"n":2}}}`)
		time.Sleep(2 * time.Second)
		if !first.closed.Load() || second.closed.Load() {
			t.Error(first.closed.Load(), second.closed.Load())
		}
		expectEnd(t, slow.raw, start, usual.StreamWriteTimeout+time.Second)
	})
}

// A client that sends a message slowly occupies memory.
func TestWebSocket_SlowMessage(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		c := b.ready(t)
		if _, err := c.raw.Write([]byte{0x81, 0x80 | 16, 0, 0, 0, 0, '{'}); err != nil { // a frame of 16 bytes with an empty mask
			t.Fatal(err)
		}
		expectEnd(t, c.raw, time.Now(), usual.StreamWriteTimeout)
	})
}

// The life of a stream is one hour, plus or minus 10 percent.
func TestWebSocket_Life(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		start, c := time.Now(), b.ready(t)
		c.expectClose(1012)
		if got := time.Since(start); got < 54*time.Minute || got > 66*time.Minute {
			t.Error(got)
		}
		synctest.Wait()
		if open := b.streams.Open(); open != 0 {
			t.Errorf("%d places are taken", open)
		}
	})
}

// A drain ends sockets one after the other, without completing operations.
func TestWebSocket_Drain(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		ends := make(chan time.Duration, usual.MaxStreamsPerCaller)
		start := time.Now()
		for range usual.MaxStreamsPerCaller {
			c := b.ready(t)
			c.subscribe("1", "events")
			c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
			go func() {
				c.expectClose(1012)
				ends <- time.Since(start)
			}()
		}
		b.streams.Drain(t.Context(), 10*time.Second)
		for i := range usual.MaxStreamsPerCaller {
			if got := <-ends; got != time.Duration(i)*time.Second {
				t.Errorf("socket %d ends after %v", i, got)
			}
		}
		if c, status := b.connect(t, nil, live.Protocol); c != nil || status != http.StatusServiceUnavailable {
			t.Error(status)
		}
	})
}

func TestWebSocket_MaxStreams(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		for range usual.MaxStreamsPerCaller {
			b.ready(t)
		}
		for range usual.MaxStreams - usual.MaxStreamsPerCaller {
			b.openSocket(t)
		}
		time.Sleep(usual.StreamInitTimeout + 6*time.Second) // sockets without a caller lose their places
		if open := b.streams.Open(); open != usual.MaxStreamsPerCaller {
			t.Errorf("%d streams are open", open)
		}
		c := b.openSocket(t)
		c.send(`{"type":"connection_init"}`)
		c.expectClose(websocket.StatusTryAgainLater)
	})
}

// When a client has completed an operation, none of its results follows, although they are written all the time.
func TestWebSocket_Silence(t *testing.T) {
	t.Parallel()
	const ids, rounds = 3, 300
	config := usual
	config.MaxSocketOperations = 1000 // an operation counts until it has started and ended
	synctest.Test(t, func(t *testing.T) {
		c := broadcastOverPipes(t, config).ready(t)
		go func() {
			for round := range rounds {
				for id := range ids {
					_ = c.conn.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil,
						`{"id":"%d","type":"subscribe","payload":{"query":"flood","operationName":"%d"}}`, id, round))
				}
				time.Sleep(time.Duration(round%5) * 100 * time.Microsecond)
				for id := range ids {
					_ = c.conn.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil, `{"id":"%d","type":"complete"}`, id))
				}
				_ = c.conn.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil, `{"type":"ping","payload":{"round":%d}}`, round))
			}
		}()
		for completed, events := -1, 0; completed < rounds-1; {
			_, text, err := c.conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var id, round int
			if _, err := fmt.Sscanf(string(text), `{"type":"pong","payload":{"round":%d}}`, &completed); err == nil {
				continue
			}
			if _, err := fmt.Sscanf(string(text), `{"id":"%d","type":"next","payload":"%d"}`, &id, &round); err != nil || round <= completed {
				t.Fatalf("%s after round %d, %d events", text, completed, events)
			}
			events++
		}
		time.Sleep(time.Second) // the last operations end
	})
}

// An idle socket costs the server one goroutine.
func TestWebSocket_Goroutines(t *testing.T) { //nolint:paralleltest // counts all goroutines
	inBubble(t, func(t *testing.T, b *broadcaster) {
		const count = 10
		before := runtime.NumGoroutine()
		for range count {
			c := b.ready(t)
			c.subscribe("1", "events")
			c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
		}
		synctest.Wait()
		if after := runtime.NumGoroutine(); after > before+count { // those of other tests may have ended
			t.Errorf("%d goroutines, then %d", before, after)
		}
	})
}
