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

func TestLater(t *testing.T) {
	t.Parallel()
	// In order; neighbours that a float could not tell apart are among them.
	ordered := []EventID{"", "1", "9", "10", "9007199254740992", "9007199254740993", eventID, "276638689419853825", "1000000000000000000000"}
	for i, a := range ordered {
		for j, b := range ordered {
			if a.Later(b) != (i > j) {
				t.Errorf("%q later than %q: %t", a, b, a.Later(b))
			}
		}
	}
	if EventID("007").Later("7") || EventID("7").Later("007") {
		t.Error("leading zeros count")
	}
}

// TestAfterEvent says which condition each call carries, and what a 412 leads to.
func TestAfterEvent(t *testing.T) {
	t.Parallel()
	found := respond(http.StatusOK, `{}`)
	status := func(status int) http.HandlerFunc { return respond(status, `{}`) }
	for name, test := range map[string]struct {
		steps []http.HandlerFunc
		code  Code
		stale int
	}{
		"reached":                      {steps: []http.HandlerFunc{found}},
		"reached, and missing":         {steps: []http.HandlerFunc{status(404)}, code: NotFound},
		"reached, and forbidden":       {steps: []http.HandlerFunc{status(403)}, code: Forbidden},
		"not reached":                  {steps: []http.HandlerFunc{status(412), found}, stale: 1},
		"not reached, not there yet":   {steps: []http.HandlerFunc{status(412), status(404)}, code: TimedOut, stale: 1},
		"not reached, not visible yet": {steps: []http.HandlerFunc{status(412), status(403)}, code: TimedOut, stale: 1},
		"not reached, then 412":        {steps: []http.HandlerFunc{status(412), status(412)}, code: TimedOut, stale: 1},
		"not reached, then 500":        {steps: []http.HandlerFunc{status(412), status(500)}, code: Unavailable, stale: 1},
		"not reached, then 503":        {steps: []http.HandlerFunc{status(412), status(503), found}, stale: 1},
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
				t.Errorf("told to be stale %d times, want %d", stale, test.stale)
			}
			for i, request := range u.requests() {
				want := eventID
				if i > 0 {
					want = ""
				}
				if got := request.Header.Get("If-Event-Reached"); got != want {
					t.Errorf("call %d waits for %q, want %q", i, got, want)
				}
			}
			u.wantCalls(t, len(test.steps))
		})
	}
}

// A write that waits has not been made when its event is not reached.
func TestWriteAfterEvent(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, script(t, respond(http.StatusPreconditionFailed, `{}`), accepted(eventID, messageBody)))
	client := u.client(t, Config{}).AfterEvent("1", func() {})
	if _, err := client.SendMessage(t.Context(), conversationID, NewMessage{Content: "hallo"}); err != nil {
		t.Error(err)
	}
	u.wantCalls(t, 2)
}

// The content of an upload has been read when its event is not reached.
func TestUploadAfterEvent(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, script(t, readFile(http.StatusPreconditionFailed, new(string))))
	client := u.client(t, Config{}).AfterEvent(eventID, func() { t.Error("told to be stale, although nothing is read") })
	_, err := client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("bytes")})
	wantCode(t, err, TimedOut)
	u.wantCalls(t, 1)
}
