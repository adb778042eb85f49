package cli

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// command matches the commands of the guide: the text in quotes, where '$id' is the new conversation.
var command = regexp.MustCompile(`(?m)^ask '(.*)'$`)

// Each response to a command of docs/writing.md shows the change before it.
func TestWritingGuide(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--sandbox-event-lag=300ms", "--listen=127.0.0.1:0")
	id, event := "", ""
	guide := readText(t, "../../docs/writing.md")
	if count := strings.Count(guide, "curl "); count != 1 {
		t.Errorf("%d commands do not keep the event", count-1)
	}
	var got []string
	for _, match := range command.FindAllStringSubmatch(guide, -1) {
		var result struct {
			Errors     []any
			Data       map[string]json.RawMessage
			Extensions map[string]string
		}
		request := newRequest(t, http.MethodPost, p.base+"/graphql", strings.ReplaceAll(match[1], "'$id'", id))
		request.Header.Set("X-If-Event-Reached", event)
		reply := send(request)
		if err := json.Unmarshal([]byte(reply.body), &result); err != nil || len(result.Errors) > 0 || result.Extensions["consistency"] != "" {
			t.Fatalf("%+v", reply)
		}
		event = result.Extensions["eventId"]
		for _, data := range result.Data {
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
		`{"conversation":{"status":"CLOSED","messages":{"totalCount":4,"nodes":[{"code":"STATUS_CLOSED"}]}},"userErrors":[]}`,
		`{"totalCount":389,"nodes":[{"title":"Mail wird nicht zugestellt","status":"CLOSED"}]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
