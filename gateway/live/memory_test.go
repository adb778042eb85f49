package live_test

import (
	"io"
	"math"
	"runtime"
	"testing"
	"time"

	"mstudio-graphql/gateway/live"
)

// An idle stream keeps no buffer of net/http. The bytes include those of its client's connection. Stacks do not count, because the
// race detector enlarges them.
func TestMemory_Idle(t *testing.T) { //nolint:paralleltest // it measures the process
	const streams = 300
	config := usual
	config.MaxStreams, config.MaxStreamsPerCaller, config.StreamPing = 2*streams, 2*streams, time.Hour
	for name, test := range map[string]struct { //nolint:paralleltest // so do these
		open func(b *broadcaster, t *testing.T)
		most int
	}{
		"server-sent events": {func(b *broadcaster, t *testing.T) { t.Helper(); b.open(t, "Accept: text/event-stream") }, 5_000},
		"WebSocket":          {openIdleSocket, 6_000},
	} {
		t.Run(name, func(t *testing.T) {
			b := broadcast(t, config)
			before := 0
			for i := range streams + 50 { // the first ones fill pools
				if i == 50 {
					before = heapInUse()
				}
				test.open(b, t)
			}
			each := (heapInUse() - before) / streams
			t.Logf("%d bytes for each stream", each)
			if each > test.most {
				t.Errorf("%d bytes for each stream, want at most %d", each, test.most)
			}
		})
	}
}

// openIdleSocket opens a socket with a subscription, without the buffers of a client.
func openIdleSocket(b *broadcaster, t *testing.T) {
	t.Helper()
	r := b.request(t, head+"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"+
		"Sec-WebSocket-Protocol: "+live.Protocol+"\r\n\r\n")
	const text, pong, masked, emptyMask = 0x81, 0x8a, 0x80, "\x00\x00\x00\x00"
	for _, message := range []string{`{"type":"connection_init"}`, `{"id":"1","type":"subscribe","payload":{"query":"events"}}`} {
		if _, err := io.WriteString(r.conn, string([]byte{text, masked | byte(len(message))})+emptyMask+message); err != nil {
			t.Fatal(err)
		}
	}
	for _, message := range []string{`{"type":"connection_ack"}`, `{"id":"1","type":"next","payload":{"data":{"n":0}}}`} {
		r.expect(string([]byte{text, byte(len(message))}) + message)
	}
	<-b.started
	if _, err := io.WriteString(r.conn, string([]byte{pong, masked})+emptyMask); err != nil { // as after each ping
		t.Fatal(err)
	}
}

// heapInUse returns the bytes of the heap. Those of other goroutines that have just ended come and go.
func heapInUse() int {
	least := math.MaxInt
	for range 5 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		least = min(least, int(stats.HeapAlloc))
		<-time.After(5 * time.Millisecond)
	}
	return least
}
