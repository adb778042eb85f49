package rest

import (
	"net/http"
	"strings"
	"testing"
)

func TestParseEventID(t *testing.T) {
	t.Parallel()
	for text, valid := range map[string]bool{
		"0": true, eventID: true, "99999999999999999999999999": true,
		"": false, "-1": false, "+1": false, "1.0": false, "1e3": false, " 1": false, "0x1": false, "١": false,
		"11111111111111111111111111111111111111111": false, // 41 digits
		"1\r\nX-Access-Token: other":                false,
	} {
		event, err := ParseEventID(text)
		if valid && (err != nil || string(event) != text) || !valid && err == nil {
			t.Errorf("%q: got %q, %v", text, event, err)
		}
	}
}

func TestEventID_Later(t *testing.T) {
	t.Parallel()
	// Ascending, with neighbors that are equal as float64.
	ordered := []EventID{"", "1", "9", "10", "9007199254740992", "9007199254740993", eventID, "276638689419853825", "1000000000000000000000"}
	for i, a := range ordered {
		for j, b := range ordered {
			if a.Later(b) != (i > j) {
				t.Errorf("%q later than %q: want %t, got %t", a, b, i > j, a.Later(b))
			}
		}
	}
	if EventID("007").Later("7") || EventID("7").Later("007") {
		t.Error("leading zeros must not matter")
	}
}

// Only the first request of a call may send If-Event-Reached.
func TestAfterEvent_RepeatsCallAfter412(t *testing.T) {
	t.Parallel()
	ok := respond(http.StatusOK, `{}`)
	status := func(status int) http.HandlerFunc { return respond(status, `{}`) }
	for name, test := range map[string]struct {
		steps []http.HandlerFunc
		code  Code
		stale int
	}{
		"reached":               {steps: []http.HandlerFunc{ok}},
		"reached, not found":    {steps: []http.HandlerFunc{status(404)}, code: NotFound},
		"reached, forbidden":    {steps: []http.HandlerFunc{status(403)}, code: Forbidden},
		"not reached":           {steps: []http.HandlerFunc{status(412), ok}, stale: 1},
		"not reached, then 404": {steps: []http.HandlerFunc{status(412), status(404)}, code: TimedOut, stale: 1},
		"not reached, then 403": {steps: []http.HandlerFunc{status(412), status(403)}, code: TimedOut, stale: 1},
		"not reached, then 412": {steps: []http.HandlerFunc{status(412), status(412)}, code: TimedOut, stale: 1},
		"not reached, then 500": {steps: []http.HandlerFunc{status(412), status(500)}, code: Unavailable, stale: 1},
		"not reached, then 503": {steps: []http.HandlerFunc{status(412), status(503), ok}, stale: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, script(t, test.steps...))
			stale := 0
			client := u.client(t, Config{}).AfterEvent(eventID, func() { stale++ }).WithLimits(Limits{Calls: 1})
			_, err := client.Conversation(t.Context(), conversationID)
			if test.code != "" {
				wantCode(t, err, test.code)
			} else if err != nil {
				t.Error(err)
			}
			if stale != test.stale {
				t.Errorf("calls of onStale: want %d, got %d", test.stale, stale)
			}
			for i, request := range u.requests() {
				want := eventID
				if i > 0 {
					want = ""
				}
				if got := request.Header.Get("If-Event-Reached"); got != want {
					t.Errorf("If-Event-Reached of request %d: want %q, got %q", i, want, got)
				}
			}
			u.wantCalls(t, len(test.steps))
		})
	}
}

// A 412 proves that the write did not happen.
func TestAfterEvent_RepeatsWriteAfter412(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, script(t, respond(http.StatusPreconditionFailed, `{}`), accepted(eventID, messageBody)))
	client := u.client(t, Config{}).AfterEvent("1", func() {})
	if _, err := client.SendMessage(t.Context(), conversationID, NewMessage{Content: "hallo"}); err != nil {
		t.Error(err)
	}
	u.wantCalls(t, 2)
}

// The content cannot be read again.
func TestAfterEvent_DoesNotRepeatUpload(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, script(t, readFile(http.StatusPreconditionFailed, new(string))))
	client := u.client(t, Config{}).AfterEvent(eventID, func() { t.Error("onStale was called for an upload") })
	_, err := client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("bytes")})
	wantCode(t, err, TimedOut)
	u.wantCalls(t, 1)
}
