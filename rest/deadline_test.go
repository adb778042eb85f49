package rest

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlines_AreSharedWithinOperation(t *testing.T) {
	t.Parallel()
	const timeout = time.Minute
	operation, cancel := context.WithCancel(t.Context())
	defer cancel()
	other, cancelOther := context.WithCancel(t.Context())
	defer cancelOther()
	shared := &deadlines{}
	first := shared.bounded(operation, timeout)
	if second := shared.bounded(WithTrace(operation, &Trace{}), timeout); second != first {
		t.Error("two attempts that start together do not share a deadline")
	}
	if left := timeLeft(first); left > timeout || left < timeout-time.Second {
		t.Errorf("remaining time: want almost %v, got %v", timeout, left)
	}
	foreign := shared.bounded(other, timeout)
	if foreign == first {
		t.Error("two operations share a deadline")
	}
	cancel()
	if first.Err() == nil || foreign.Err() != nil {
		t.Errorf("want only the attempt of the canceled operation to end, got %v and %v", first.Err(), foreign.Err())
	}
}

// A shared deadline must not shorten the timeout of later attempts noticeably.
func TestDeadlines_AreRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const timeout = time.Minute
		shared := &deadlines{}
		for range 10 {
			if left := timeLeft(shared.bounded(t.Context(), timeout)); left > timeout || left < timeout-timeout/sharedPart {
				t.Errorf("remaining time: want almost %v, got %v", timeout, left)
			}
			time.Sleep(timeout / sharedPart * 3 / 4)
		}
	})
}

// A Client outlives operations and must not hold their contexts. Only a client derived by WithLimits shares deadlines.
func TestDeadlines_BelongToDerivedClients(t *testing.T) {
	t.Parallel()
	client, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	first, second := client.WithLimits(Limits{}), client.WithLimits(Limits{})
	if client.deadlines != nil || first.deadlines == nil || first.deadlines == second.deadlines {
		t.Errorf("want none, and two different ones, got %p, %p and %p", client.deadlines, first.deadlines, second.deadlines)
	}
	read := &call{session: &client.session, method: http.MethodGet}
	attempt, cancel := read.attempt(t.Context(), time.Minute)
	cancel()
	if attempt.Err() == nil || t.Context().Err() != nil {
		t.Error("cancel did not end the attempt, or ended the test's context")
	}
}
