package faults_test

import (
	"net/http"
	"strings"
)

// The types of HTTP/2 frames (RFC 9113, section 6).
const (
	frameData         = 0x0
	frameReset        = 0x3
	framePing         = 0x6
	frameGoAway       = 0x7
	frameWindowUpdate = 0x8
)

// http2Faults are those of connections with streams.
func http2Faults() []fault {
	// shared returns a fault that ends the connection, on which all calls are.
	shared := func(name string, want wants, answer func(e *exchange)) fault {
		want.read, want.list, want.item = "", "", ""
		return fault{name: name, only: http2, shared: true, want: want, answer: answer}
	}
	frames := func(name string, want wants, all []byte) fault {
		return shared(name, want, func(e *exchange) {
			c := e.startedConnection()
			_, _ = c.Write(all)
			_ = c.CloseWrite()
			e.hold()
		})
	}
	refuses := func(f fault) fault {
		f.refuses = true
		return f
	}
	refused := each("UPSTREAM_UNAVAILABLE", 3, "UPSTREAM_UNAVAILABLE ×3").because("reset")
	resets := func(name string, code byte) fault {
		return shared(name, refused, func(e *exchange) {
			c := e.startedConnection()
			for stream := range uint32(100) { // one of them is the request's
				_, _ = c.Write(frame(frameReset, 2*stream+1, []byte{0, 0, 0, code}))
			}
			e.hold()
		})
	}
	nothingProcessed, internalError := make([]byte, 8), []byte{0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 2}
	return []fault{
		{name: "h2: stream reset before the headers", only: http2, want: broken(), answer: func(*exchange) { panic(http.ErrAbortHandler) }},
		{name: "h2: stream reset in the body", only: http2, want: cutShort(), answer: func(e *exchange) {
			e.text(http.StatusOK, half)
			e.flush()
			panic(http.ErrAbortHandler)
		}},
		refuses(resets("h2: stream refused", 7)),
		refuses(resets("h2: stream refused as a protocol error", 1)), // RFC 9113, section 5.1.2
		shared("h2: connection reset", broken(), func(e *exchange) { reset(e.http2Connection()) }),
		shared("h2: connection reset in the body", cutShort(), func(e *exchange) {
			e.text(http.StatusOK, half)
			e.flush()
			reset(e.http2Connection())
		}),
		{name: "h2: GOAWAY with the response", only: http2, spoils: true, want: healthy(), answer: func(e *exchange) {
			healthy := e.healthyResponse()
			e.Header().Set("Connection", "close") // net/http sends GOAWAY instead
			e.text(healthy.Code, healthy.Body.String())
		}},
		refuses(frames("h2: GOAWAY, nothing was processed", refused, frame(frameGoAway, 0, nothingProcessed))),
		frames("h2: GOAWAY, internal error", broken(), frame(frameGoAway, 0, internalError)),
		frames("h2: frame longer than allowed", broken().because("protocol"), frame(frameData, 1, make([]byte, 1<<20))),
		frames("h2: data for an unknown stream", broken().because("protocol"), frame(frameData, 99, []byte(canary))),
		frames("h2: window update of 0", broken().because("protocol"), frame(frameWindowUpdate, 0, make([]byte, 4))),
		frames("h2: ping of a wrong size", broken().because("protocol"), frame(framePing, 0, make([]byte, 3))),
		frames("h2: reset of stream 0", broken().because("protocol"), frame(frameReset, 0, make([]byte, 4))),
		frames("h2: not HTTP/2", broken().because("protocol"), []byte("HTTP/1.1 400 Bad Request\r\nX-Said: "+canary+"\r\n\r\n")),
		shared("h2: header of 100 kB", broken().because("protocol"), func(e *exchange) {
			e.Header().Set("X-Long", strings.Repeat(canary, 100_000/len(canary)))
			e.text(http.StatusOK, half)
		}),
	}
}
