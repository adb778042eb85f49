package rest

import (
	"net/http"
	"testing"
)

// Strangers push out no caller's budget, however many they are, and each store is bounded.
func TestBudgets_AreBounded(t *testing.T) {
	t.Parallel()
	accepted := callerKey{1}
	b := newBudgets(func(caller callerKey) bool { return caller[0] == 1 }, newBudget(nil, false))
	first := b.of(accepted)
	for i := range maxBudgets + 1 {
		b.of(callerKey{2, byte(i), byte(i >> 8)})
	}
	if b.of(accepted) != first {
		t.Error("a caller's budget was pushed out")
	}
	wantEqual(t, "strangers", maxBudgets, b.strangers.Cost())
	for i := range maxBudgets + 1 {
		b.of(callerKey{1, byte(i), byte(i >> 8)})
	}
	wantEqual(t, "callers", maxBudgets, b.known.Cost())
}

// What the first response of a caller shows is known to the operations after it.
func TestBudgets_KeepTheFirstResponse(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "300")
		w.Header().Set("X-RateLimit-Remaining", "299")
		w.Header().Set("X-RateLimit-Reset", "20")
		respond(http.StatusOK, `{}`)(w, r)
	})
	client := u.client(t, Config{})
	caller := func() *Client { return client.WithToken(newToken(t, "anna")) }
	if state := caller().RateLimit(); state != nil {
		t.Errorf("got %v", state)
	}
	if _, err := caller().Conversation(t.Context(), conversationID); err != nil {
		t.Fatal(err)
	}
	if state := caller().RateLimit(); state == nil || state.Limit != 300 || state.Remaining != 299 {
		t.Errorf("got %+v", state)
	}
	if state := client.WithToken(newToken(t, "bert")).RateLimit(); state != nil {
		t.Errorf("another caller's rate limit is %+v", state)
	}
}
