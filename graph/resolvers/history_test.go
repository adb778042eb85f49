package resolvers

import (
	"strings"
	"testing"

	"mstudio-graphql/rest"
)

// history returns messages for words: "customer", "support" and "anyone" are texts of such an author, "request" is a
// service request, and others are codes of status updates. Those with "!" are internal.
func history(words string) (messages []rest.Message) {
	authors := map[string]*rest.User{"customer": {IsEmployee: new(false)}, "support": {IsEmployee: new(true)}, "unmarked": {}, "anyone": nil}
	for i, word := range strings.Fields(words) {
		word, internal := strings.CutSuffix(word, "!")
		head := rest.MessageHead{CreatedAt: minute(i), IsInternal: internal}
		author, isText := authors[word]
		switch {
		case isText:
			messages = append(messages, &rest.TextMessage{MessageHead: head, CreatedBy: author})
		case word == "request":
			messages = append(messages, &rest.ServiceRequest{MessageHead: head})
		default:
			messages = append(messages, &rest.StatusUpdate{MessageHead: head, Code: word})
		}
	}
	return messages
}

func TestClosings(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][]int{ // minutes
		"":                                                 nil,
		"CONVERSATION_CREATED customer":                    nil,
		"customer STATUS_CLOSED":                           {1},
		"customer STATUS_CLOSED support!":                  {1},
		"customer STATUS_CLOSED!":                          nil,
		"STATUS_CLOSED STATUS_CLOSED":                      {0},
		"STATUS_CLOSED STATUS_OPEN STATUS_CLOSED":          {0, 2},
		"STATUS_CLOSED STATUS_ESCALATED STATUS_CLOSED":     {0, 2},
		"STATUS_CLOSED customer STATUS_CLOSED":             {0, 2},
		"STATUS_CLOSED customer STATUS_OPEN STATUS_CLOSED": {0, 3},
		"STATUS_CLOSED RESUBMISSION_CREATED STATUS_CLOSED": {0},
		"STATUS_CLOSED request STATUS_CLOSED":              {0},
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			got := closings(history(words))
			if len(got) != len(want) {
				t.Fatalf("want %d, got %d", len(want), len(got))
			}
			for i, closing := range got {
				if !closing.CreatedAt.Equal(minute(want[i])) {
					t.Errorf("want minute %d, got %s", want[i], closing.CreatedAt)
				}
			}
		})
	}
}

func TestFirstAnswer(t *testing.T) {
	t.Parallel()
	customer := &rest.User{IsEmployee: new(false)}
	tests := map[string]struct {
		openedBy *rest.User
		history  string
		want     int // minute, or -1
	}{
		"no text":               {customer, "CONVERSATION_CREATED", -1},
		"no answer":             {customer, "customer customer", -1},
		"an answer":             {customer, "customer support support", 1},
		"to no text":            {customer, "CONVERSATION_CREATED support", 1},
		"an internal one":       {customer, "customer support! support", 2},
		"opened by support":     {&rest.User{IsEmployee: new(true)}, "support customer support", 2},
		"opened by an unknown":  {nil, "support unmarked support", 2},
		"to a request":          {nil, "request support", 1},
		"of an unmarked author": {customer, "customer unmarked", -1},
		"of an unknown author":  {customer, "customer anyone", -1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := firstAnswer(&rest.Conversation{CreatedBy: test.openedBy}, history(test.history))
			if (got == nil) != (test.want < 0) || got != nil && !got.CreatedAt.Equal(minute(test.want)) {
				t.Errorf("want minute %d, got %+v", test.want, got)
			}
		})
	}
}
