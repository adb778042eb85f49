package cli

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asked is what the guide asks: the text between quotes, in which '$id' stands for the new conversation.
var asked = regexp.MustCompile(`(?m)^ask '(.*)'$`)

// TestWritingGuide runs the commands of docs/writing.md in their order: each answer must show the change before it.
func TestWritingGuide(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--sandbox-event-lag=300ms", "--listen=127.0.0.1:0")
	id, event := "", ""
	var got []string
	for _, command := range asked.FindAllStringSubmatch(readText(t, "../../docs/writing.md"), -1) {
		var answer struct {
			Errors     []any
			Data       map[string]json.RawMessage
			Extensions map[string]string
		}
		request := newRequest(t, http.MethodPost, p.base+"/graphql", strings.ReplaceAll(command[1], "'$id'", id))
		request.Header.Set("X-If-Event-Reached", event)
		said := send(request)
		if err := json.Unmarshal([]byte(said.body), &answer); err != nil || len(answer.Errors) > 0 || answer.Extensions["consistency"] != "" {
			t.Fatalf("%+v", said)
		}
		event = answer.Extensions["eventId"]
		for _, data := range answer.Data {
			text := string(data)
			var created struct{ ConversationID string }
			if json.Unmarshal(data, &created) == nil && created.ConversationID != "" {
				id = created.ConversationID
				text = strings.ReplaceAll(text, id, "$id")
			}
			got = append(got, text)
		}
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	want := []string{
		`{"conversationId":"$id","conversation":{"title":"Mail wird nicht zugestellt","status":"OPEN","messages":{"totalCount":2}},"userErrors":[]}`,
		`{"sentMessage":{"content":"Es betrifft nur info@.","createdBy":{"name":"Jana Petersen"}},"conversation":{"messages":{"totalCount":3}},"userErrors":[]}`,
		`{"conversation":{"status":"CLOSED","messages":{"nodes":[{"code":"STATUS_CLOSED"}]}},"userErrors":[]}`,
		`{"nodes":[{"title":"Mail wird nicht zugestellt","status":"CLOSED"}]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
