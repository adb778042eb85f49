package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const (
	messageID   = "7f0c2f14-19a6-4d3e-8d6a-5b9d1c3e2a44"
	eventID     = "276638689419853824"
	messageBody = `{"conversationId":"` + conversationID + `","messageId":"` + messageID + `"}`
)

// accepted returns a handler that accepts a write and sends its event.
func accepted(etag, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", etag)
		respond(http.StatusCreated, body)(w, r)
	}
}

// hangWithBody is hang for requests with a body: the server detects a disconnected client only after the whole body.
func hangWithBody(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	hang(w, r)
}

// A request without a step fails, so each case also checks that nothing is sent twice.
func TestWrite_ReportsOutcome(t *testing.T) {
	t.Parallel()
	ok := accepted(eventID, messageBody)
	status := func(status int) http.HandlerFunc { return respond(status, `{}`) }
	tests := map[string]struct {
		steps    []http.HandlerFunc
		refused  int // the first connections, which are refused
		deadline time.Duration
		code     Code
		outcome  Outcome
		event    EventID
	}{
		"accepted":                  {steps: []http.HandlerFunc{ok}, event: eventID},
		"with a quoted event":       {steps: []http.HandlerFunc{accepted(`"`+eventID+`"`, messageBody)}, event: eventID},
		"with a weak event":         {steps: []http.HandlerFunc{accepted(`W/"`+eventID+`"`, messageBody)}, event: eventID},
		"with another etag":         {steps: []http.HandlerFunc{accepted(`"33a64df551425fcc"`, messageBody)}},
		"without an event":          {steps: []http.HandlerFunc{respond(http.StatusCreated, messageBody)}},
		"no connection at first":    {steps: []http.HandlerFunc{ok}, refused: 2, event: eventID},
		"no connection at all":      {refused: 9, code: Unavailable},
		"no response":               {steps: []http.HandlerFunc{reset}, code: Unavailable, outcome: OutcomeUnknown},
		"response cut off":          {steps: []http.HandlerFunc{cutOff}, code: Unavailable, outcome: OutcomeDone},
		"500":                       {steps: []http.HandlerFunc{status(500)}, code: Unavailable, outcome: OutcomeUnknown},
		"502":                       {steps: []http.HandlerFunc{status(502)}, code: Unavailable, outcome: OutcomeUnknown},
		"503":                       {steps: []http.HandlerFunc{status(503)}, code: Unavailable, outcome: OutcomeUnknown},
		"504":                       {steps: []http.HandlerFunc{status(504)}, code: Unavailable, outcome: OutcomeUnknown},
		"a redirect":                {steps: []http.HandlerFunc{status(307)}, code: BadResponse, outcome: OutcomeUnknown},
		"a timeout":                 {steps: []http.HandlerFunc{hangWithBody}, code: TimedOut, outcome: OutcomeUnknown},
		"the deadline":              {steps: []http.HandlerFunc{hangWithBody}, deadline: time.Second, code: Expired, outcome: OutcomeUnknown},
		"not JSON":                  {steps: []http.HandlerFunc{respond(201, `[`)}, code: BadResponse, outcome: OutcomeDone},
		"not JSON, with an event":   {steps: []http.HandlerFunc{accepted(eventID, `[`)}, code: BadResponse, outcome: OutcomeDone},
		"without an id":             {steps: []http.HandlerFunc{accepted(eventID, `{}`)}, code: BadResponse, outcome: OutcomeDone},
		"400":                       {steps: []http.HandlerFunc{status(400)}, code: BadInput},
		"401":                       {steps: []http.HandlerFunc{status(401)}, code: Unauthorized},
		"403":                       {steps: []http.HandlerFunc{status(403)}, code: Forbidden},
		"404":                       {steps: []http.HandlerFunc{status(404)}, code: NotFound},
		"409":                       {steps: []http.HandlerFunc{status(409)}, code: Conflict},
		"422":                       {steps: []http.HandlerFunc{status(422)}, code: BadInput},
		"412 without a condition":   {steps: []http.HandlerFunc{status(412)}, code: TimedOut},
		"429 with a short wait":     {steps: []http.HandlerFunc{rateLimited("1"), ok}, event: eventID},
		"429 with a long wait":      {steps: []http.HandlerFunc{rateLimited("60")}, code: RateLimited},
		"429, then no response":     {steps: []http.HandlerFunc{rateLimited("1"), reset}, code: Unavailable, outcome: OutcomeUnknown},
		"no connection, then reset": {steps: []http.HandlerFunc{reset}, refused: 1, code: Unavailable, outcome: OutcomeUnknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newPipeUpstream(t, script(t, test.steps...))
				dial, left := u.dial, int32(test.refused)
				u.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					if atomic.AddInt32(&left, -1) >= 0 {
						return nil, errors.New("connection refused")
					}
					return dial(ctx, network, address)
				}
				client := u.client(t, Config{})
				ctx, cancel := withTimeout(t, test.deadline)
				defer cancel()
				sent, err := client.SendMessage(ctx, conversationID, NewMessage{Content: "hallo"})
				if test.code == "" {
					if err != nil || *sent != (Written{ID: messageID, Event: test.event}) {
						t.Errorf("got %+v, %v", sent, err)
					}
				} else {
					wantCode(t, err, test.code)
					if failure, _ := errors.AsType[*Error](err); failure.Outcome != test.outcome {
						t.Errorf("outcome: want %q, got %q", test.outcome, failure.Outcome)
					}
				}
				u.wantCalls(t, len(test.steps))
			})
		})
	}
}

// unreadable returns handlers that respond with a 2xx status and an invalid body.
func unreadable() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"empty":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"HTML":          func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"cut off":       cutOff,
		"half of JSON":  respond(http.StatusCreated, `{"messageId":`),
		"without an id": respond(http.StatusCreated, `{}`),
		"stalled": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"messageId":`)
			_ = http.NewResponseController(w).Flush()
			hangWithBody(w, r)
		},
	}
}

// The status proves that the write happened, with or without an event. Reads must wait for the event although the body is
// invalid.
func TestWrite_UnreadableResponse(t *testing.T) {
	t.Parallel()
	for name, handle := range unreadable() {
		for _, event := range []EventID{eventID, ""} {
			t.Run(name+", event "+string(event), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("Etag", string(event))
						handle(w, r)
					})
					_, err := u.client(t, Config{}).SendMessage(t.Context(), conversationID, NewMessage{Content: "hallo"})
					failure, ok := errors.AsType[*Error](err)
					if !ok || failure.Outcome != OutcomeDone || failure.Event != event {
						t.Errorf("got %+v", failure)
					}
					u.wantCalls(t, 1)
				})
			})
		}
	}
}

// Tickets and uploads change nothing visible.
func TestWrite_IgnoresEventsOfFiles(t *testing.T) {
	t.Parallel()
	for name, handle := range unreadable() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					w.Header().Set("Etag", eventID)
					handle(w, r)
				}).client(t, Config{})
				_, ticketErr := client.RequestFileUpload(t.Context(), conversationID)
				_, uploadErr := client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("bytes")})
				for _, err := range []error{ticketErr, uploadErr} {
					if failure, ok := errors.AsType[*Error](err); !ok || failure.Outcome != "" || failure.Event != "" {
						t.Errorf("got %+v", failure)
					}
				}
			})
		})
	}
}

// Nothing was written to the connection, so the transport may start over on another one.
func TestWrite_SucceedsAfterStaleConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var conns []net.Conn
		u := newPipeUpstream(t, script(t, respond(200, `{}`), accepted(eventID, messageBody)))
		dial := u.dial
		u.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			conns = append(conns, conn)
			return conn, err
		}
		client := u.client(t, Config{})
		if _, err := client.Conversation(t.Context(), conversationID); err != nil {
			t.Fatal(err)
		}
		_ = conns[0].Close()
		if _, err := client.SendMessage(t.Context(), conversationID, NewMessage{Content: "hallo"}); err != nil {
			t.Error(err)
		}
		u.wantCalls(t, 2)
	})
}

func TestWrite_SendsJSON(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 1)
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		bodies <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type") + " " + string(text)
		accepted(eventID, messageBody)(w, r)
	})
	client := u.client(t, Config{})
	if _, err := client.SendMessage(t.Context(), strings.ToUpper(conversationID), NewMessage{FileIDs: []string{messageID}}); err != nil {
		t.Fatal(err)
	}
	want := "POST /v2/conversations/" + conversationID + `/messages application/json {"fileIds":["` + messageID + `"]}`
	if got := <-bodies; got != want {
		t.Errorf("want %s\ngot  %s", want, got)
	}
	_, err := client.SendMessage(t.Context(), "../users", NewMessage{Content: "hallo"})
	wantCode(t, err, BadInput)
	u.wantCalls(t, 1)
	// A write must not change the header map that all calls share.
	if got := client.header().Get("Content-Type"); got != "" {
		t.Errorf("want no Content-Type for reads, got %s", got)
	}
}
