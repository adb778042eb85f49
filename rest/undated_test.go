package rest

import (
	"strings"
	"testing"
	"time"
)

// Items without a readable time keep their place in the document, in either order of the document.
func TestMessages_UndatedKeepTheirPlace(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		"x1 a2 x3 x4 b5": "x1 a2 x3 x4 b5",
		"b5 x4 x3 a2 x1": "x1 a2 x3 x4 b5",
		"b5 a2 x3 c7":    "a2 x3 b5 c7",
		"x1 x2 x3":       "x1 x2 x3",
		"x1 a2":          "x1 a2",
	} {
		var messages []Message
		for name := range strings.FieldsSeq(document) {
			at := Epoch()
			if name[0] != 'x' {
				at = time.Date(2026, 8, 21, int(name[1]-'0'), 0, 0, 0, time.UTC)
			}
			messages = append(messages, &TextMessage{MessageHead: MessageHead{ID: name, CreatedAt: at}})
		}
		oldestFirst(messages)
		var got []string
		for _, message := range messages {
			got = append(got, message.Head().ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: want %s, got %v", document, want, got)
		}
	}
}
