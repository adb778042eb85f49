package rest

import (
	"net/http"
	"strings"
	"testing"
)

func TestParseShortID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"c-4e7tz3": "c-4e7tz3", "C-4E7TZ3": "c-4e7tz3", "ticket": "ticket", strings.Repeat("a", 32): strings.Repeat("a", 32),
		"": "", "..": "", "a/b": "", "a b": "", "a%2Fb": "", "a?b": "", "ü": "", conversationID: "", strings.Repeat("a", 33): "",
	} {
		got, err := ParseShortID(text)
		if want == "" {
			wantCode(t, err, BadInput)
		}
		if got != want {
			t.Errorf("%q: want %q, got %q", text, want, got)
		}
	}
}

func TestConversationByShortID(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want Code
	}{
		"found":      {`{"conversationId":"` + conversationID + `","shortId":"C-4e7tz3"}`, ""},
		"another":    {`{"conversationId":"` + conversationID + `","shortId":"c-000000"}`, NotFound},
		"without ID": {`{"shortId":"c-4e7tz3"}`, NotFound},
		"no object":  {`[]`, BadResponse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, respond(http.StatusOK, test.body))
			got, err := u.client(t, Config{}).ConversationByShortID(t.Context(), "C-4E7TZ3")
			if test.want != "" {
				wantCode(t, err, test.want)
			} else if err != nil || got.ID != conversationID {
				t.Errorf("got %+v, %v", got, err)
			}
			wantEqual(t, "path", "/v2/conversations/c-4e7tz3", u.requests()[0].RequestURI)
		})
	}
	_, err := newUpstream(t, respond(http.StatusOK, `{}`)).client(t, Config{}).ConversationByShortID(t.Context(), "../users/self")
	wantCode(t, err, BadInput)
}
