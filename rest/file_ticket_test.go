package rest

import (
	"net/http"
	"strings"
	"testing"
)

func TestRequestFileUpload(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, respond(http.StatusCreated,
		`{"conversationId":"x","rules":{"maxSizeInKB":7,"mimeTypes":["image/png",null,"text/plain"],"properties":{}},"uploadToken":"a.b"}`))
	client := u.client(t, Config{BaseURL: u.url})
	got, err := client.RequestFileUpload(t.Context(), strings.ToUpper(conversationID))
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "rules", &FileRules{MimeTypes: []string{"image/png", "text/plain"}, Limit: 7168, Incomplete: true}, got.Rules)
	if got.Token.Reveal() != "a.b" || *got.Rules.MaxBytes() != 7168 {
		t.Errorf("got token %q and a maximum of %d bytes", got.Token.Reveal(), *got.Rules.MaxBytes())
	}
	if path, want := u.requests()[0].RequestURI, "/v2/conversations/"+conversationID+"/files"; path != want {
		t.Errorf("path: want %s, got %s", want, path)
	}
	if want := u.url + "/v2/files"; client.UploadURL() != want {
		t.Errorf("upload URL: want %s, got %s", want, client.UploadURL())
	}
}

// Missing or invalid rules reject nothing, because mStudio checks the file again.
func TestRequestFileUpload_RequiresOnlyTheToken(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{"uploadToken":"a"}`: true, `{"uploadToken":"a","rules":null}`: true, `{"uploadToken":"a","rules":{"maxSizeInKB":"many","mimeTypes":"all"}}`: true,
		`{"uploadToken":"a","rules":{"maxSizeInKB":-1}}`: true,
		`{}`: false, `[]`: false, `{"uploadToken":""}`: false, `{"uploadToken":"a\nb"}`: false, `not JSON`: false,
	} {
		got, err := newPipeUpstream(t, respond(http.StatusCreated, body)).client(t, Config{}).RequestFileUpload(t.Context(), conversationID)
		switch {
		case ok && (err != nil || got.Rules.MaxBytes() != nil || len(got.Rules.MimeTypes) != 0):
			t.Errorf("%s: got %+v, %v", body, got, err)
		case !ok:
			wantCode(t, err, BadResponse)
		}
	}
}

// The request changes nothing visible, so its error has no outcome.
func TestRequestFileUpload_FailsWithoutOutcome(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]Code{http.StatusForbidden: Forbidden, http.StatusNotFound: NotFound, http.StatusInternalServerError: Unavailable} {
		u := newPipeUpstream(t, respond(status, "{}"))
		_, err := u.client(t, Config{}).RequestFileUpload(t.Context(), conversationID)
		wantCode(t, err, code)
		if failure, _ := err.(*Error); failure == nil || failure.Outcome != "" { //nolint:errorlint // returned unwrapped
			t.Errorf("got %v", err)
		}
		u.wantCalls(t, 1)
	}
}

func TestFileTicketMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "fileTicket", "", (*decoder).fileTicket, map[string]member[FileTicket]{
		"uploadToken": {`"x"`, func(f *FileTicket) { f.Token = UploadToken{redact("x")} }},
		"rules":       {`{"mimeTypes":["x"]}`, func(f *FileTicket) { f.Rules = &FileRules{MimeTypes: []string{"x"}} }},
	})
}
