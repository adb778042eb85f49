package live_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// frame returns a frame of a client with an empty mask. first is the first byte of its header.
func frame(first byte, text string) []byte {
	return append([]byte{first, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)
}

const (
	pingFrame  = 0x89
	textFrame  = 0x81
	beginFrame = 0x01
	endFrame   = 0x80
)

// After a pong, the goroutine of an idle socket is outside the library, so that its stack is small.
func TestWebSocket_IdleStack(t *testing.T) { //nolint:paralleltest // reads the stacks of all goroutines
	inBubble(t, func(t *testing.T, b *broadcaster) {
		c := b.ready(t)
		c.subscribe("1", "events")
		c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
		source := <-b.started
		reading := c.conn.CloseRead(t.Context()) // responds to pings
		time.Sleep(usual.StreamPing + time.Second)
		synctest.Wait()
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
			if bytes.Contains(stack, []byte("live.(*socket).serve(")) && bytes.Contains(stack, []byte("websocket.(*Conn)")) {
				t.Errorf("%s", stack)
			}
		}
		if source.closed.Load() || reading.Err() != nil {
			t.Error("the socket has ended")
		}
	})
}

// Frames arrive in any pieces.
func TestWebSocket_FrameBoundaries(t *testing.T) {
	t.Parallel()
	const ping, pong = `{"type":"ping"}`, `{"type":"pong"}`
	control := frame(pingFrame, "x")
	for name, pieces := range map[string][][]byte{
		"control and message in one piece": {append(frame(pingFrame, "x"), frame(textFrame, ping)...)},
		"control, then message":            {control, frame(textFrame, ping)},
		"control and half a header":        {append(frame(pingFrame, "x"), textFrame), frame(textFrame, ping)[1:]},
		"controls, each alone":             {control, control, frame(textFrame, ping)},
		"control within a message":         {frame(beginFrame, ping[:5]), control, frame(endFrame, ping[5:])},
		"single bytes":                     bytes.SplitAfter(append(frame(pingFrame, "x"), frame(textFrame, ping)...), nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, b *broadcaster) {
				c := b.ready(t)
				go func() {
					for _, piece := range pieces {
						time.Sleep(100 * time.Millisecond)
						_, _ = c.raw.Write(piece)
					}
				}()
				c.expect(pong)
			})
		})
	}
}

// The gateway ends an idle socket with a closing handshake, in which a client may still send other frames.
func TestWebSocket_IdleClose(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		c := b.ready(t)
		if _, err := c.raw.Write(frame(pingFrame, "x")); err != nil {
			t.Fatal(err)
		}
		go b.streams.Drain(t.Context(), time.Second)
		_, _, err := c.conn.Read(t.Context())
		if websocket.CloseStatus(err) != websocket.StatusServiceRestart {
			t.Error(err)
		}
		synctest.Wait()
		if open := b.streams.Open(); open != 0 {
			t.Errorf("%d streams are open", open)
		}
	})
}

// A client that does not respond to the closing handshake loses its idle socket.
func TestWebSocket_IdleNoClose(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *broadcaster) {
		c := b.ready(t)
		go func() {
			for range 2 { // the second is read after the goroutine has waited
				_, _ = c.raw.Write(frame(pingFrame, strings.Repeat("x", 100)))
			}
			time.Sleep(time.Second)
			b.streams.Drain(t.Context(), time.Second)
		}()
		expectEnd(t, c.raw, time.Now(), 6*time.Second)
	})
}
