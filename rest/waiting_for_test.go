package rest

import "testing"

func TestConversation_WaitingFor(t *testing.T) {
	t.Parallel()
	employee, customer, unmarked := &User{IsEmployee: new(true)}, &User{IsEmployee: new(false)}, &User{}
	tests := map[string]struct {
		status ConversationStatus
		author *User
		want   WaitingFor
	}{
		"open, unanswered":            {StatusOpen, customer, WaitingForSupport},
		"open, answered":              {StatusOpen, employee, WaitingForCustomer},
		"open, by an unmarked author": {StatusOpen, unmarked, WaitingForSupport},
		"open, without an author":     {StatusOpen, nil, WaitingForSupport},
		"answered":                    {StatusAnswered, employee, WaitingForCustomer},
		"answered, then written to":   {StatusAnswered, customer, WaitingForSupport},
		"answered, without an author": {StatusAnswered, nil, WaitingForCustomer},
		"in progress":                 {StatusInProgress, employee, WaitingForSupport},
		"waiting, answered":           {StatusWaiting, employee, WaitingForCustomer},
		"waiting, unanswered":         {StatusWaiting, customer, WaitingForSupport},
		"waiting, without an author":  {StatusWaiting, nil, ""},
		"closed":                      {StatusClosed, customer, WaitingForNobody},
		"closed, without an author":   {StatusClosed, nil, WaitingForNobody},
		"a new status":                {"escalated", employee, WaitingForCustomer},
		"nothing known":               {"", nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &Conversation{Status: test.status, LastMessage: &LastMessage{CreatedBy: test.author}}
			if got := c.WaitingFor(); got != test.want {
				t.Errorf("want %q, got %q", test.want, got)
			}
			if withoutMessages := (&Conversation{Status: test.status}); test.author == nil && withoutMessages.WaitingFor() != test.want {
				t.Errorf("without messages: want %q, got %q", test.want, withoutMessages.WaitingFor())
			}
		})
	}
}
