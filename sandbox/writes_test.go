package sandbox_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/sandbox"
)

// agencyConversation is a conversation that only the agency sees.
const agencyConversation = "e75fead9-213f-5585-aeb3-59327a7b3b59"

// change sends a JSON body.
func (a api) change(token, method, path, body string, headers ...string) reply {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Access-Token", token)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return a.do(request)
}

// messages returns type and content of every message in a conversation of the agency.
func (a api) messages(id string) []string {
	a.t.Helper()
	type message struct {
		Type, MessageContent string
		CreatedAt            time.Time
	}
	var items []message
	if err := json.Unmarshal([]byte(a.get(agency, "/v2/conversations/"+id+"/messages").body), &items); err != nil {
		a.t.Fatal(err)
	}
	slices.SortFunc(items, func(x, y message) int { return x.CreatedAt.Compare(y.CreatedAt) })
	var lines []string
	for _, item := range items {
		lines = append(lines, item.Type+" "+item.MessageContent)
	}
	return lines
}

// findings returns path and type of every validation error.
func (r reply) findings(t *testing.T) (fields []string) {
	t.Helper()
	var failure struct {
		ValidationErrors []struct{ Path, Type string }
	}
	if err := json.Unmarshal([]byte(r.body), &failure); err != nil {
		t.Fatal(err)
	}
	for _, field := range failure.ValidationErrors {
		fields = append(fields, field.Path+" "+field.Type)
	}
	return fields
}

func wantStatus(t *testing.T, got reply, want int) {
	t.Helper()
	if got.status != want {
		t.Errorf("status: want %d, got %d %s", want, got.status, got.body)
	}
}

// wantFindings checks the status and the validation errors of a response.
func wantFindings(t *testing.T, got reply, status int, fields []string) {
	t.Helper()
	wantStatus(t, got, status)
	wantEqual(t, "findings", fields, got.findings(t))
}

func TestCreateMessage(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/conversations/" + agencyConversation + "/messages"
	before := a.messages(agencyConversation)
	sent := a.change(agency, http.MethodPost, path, `{"messageContent":"hallo"}`)
	wantStatus(t, sent, http.StatusCreated)
	if got := sent.header.Get("Etag"); got != "276638689419853824" {
		t.Errorf("etag %q", got)
	}
	wantEqual(t, "messages", append(before, "MESSAGE hallo"), a.messages(agencyConversation))
	// Another sandbox does not have the message.
	wantEqual(t, "another sandbox", before, serve(t, sandbox.Config{}).messages(agencyConversation))
}

// A rejected message changes nothing.
func TestInvalidMessages(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	before := a.messages(agencyConversation)
	own := "/v2/conversations/" + agencyConversation + "/messages"
	for name, test := range map[string]struct {
		token, path, body string
		status            int
		fields            []string // path and type of each validation error
	}{
		"no token":       {"", own, `{"messageContent":"x"}`, 401, nil},
		"not there":      {agency, "/v2/conversations/" + unknownID + "/messages", `{"messageContent":"x"}`, 404, nil},
		"not theirs":     {bakery, own, `{"messageContent":"x"}`, 403, nil},
		"no UUID":        {agency, "/v2/conversations/x/messages", `{"messageContent":"x"}`, 400, []string{".conversationId format"}},
		"nothing":        {agency, own, ``, 400, []string{".messageContent required"}},
		"an empty one":   {agency, own, `{}`, 400, []string{".messageContent required"}},
		"no JSON":        {agency, own, `{`, 400, []string{" type"}},
		"a list":         {agency, own, `[]`, 400, []string{" type"}},
		"a number":       {agency, own, `{"messageContent":7}`, 400, []string{".messageContent type"}},
		"null":           {agency, own, `{"messageContent":null}`, 400, []string{".messageContent type"}},
		"too long":       {agency, own, `{"messageContent":"` + strings.Repeat("👍", 8001) + `"}`, 400, []string{".messageContent maxLength"}},
		"a strange file": {agency, own, `{"fileIds":["` + unknownID + `","x"]}`, 400, []string{".fileIds[1] format", ".fileIds[0] exists", ".fileIds[1] exists"}},
	} {
		t.Log(name)
		got := a.change(test.token, http.MethodPost, test.path, test.body)
		wantFindings(t, got, test.status, test.fields)
		if got.header.Get("Etag") != "" {
			t.Error("the response has an event")
		}
	}
	wantEqual(t, "messages", before, a.messages(agencyConversation))
	wantStatus(t, a.change(agency, http.MethodPost, own, `{"messageContent":"`+strings.Repeat("👍", 8000)+`"}`), http.StatusCreated)
}
