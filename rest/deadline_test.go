package rest

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestSharedDeadlines(t *testing.T) {
	t.Parallel()
	const timeout = time.Minute
	operation, cancel := context.WithCancel(t.Context())
	defer cancel()
	other, cancelOther := context.WithCancel(t.Context())
	defer cancelOther()
	shared := &deadlines{}
	first := shared.bounded(operation, timeout)
	if second := shared.bounded(WithTrace(operation, &Trace{}), timeout); second != first {
		t.Error("two attempts that begin at the same time have deadlines of their own")
	}
	if left := timeLeft(first); left > timeout || left < timeout-time.Second {
		t.Errorf("%v are left", left)
	}
	foreign := shared.bounded(other, timeout)
	if foreign == first {
		t.Error("shared with another operation")
	}
	cancel()
	if first.Err() == nil || foreign.Err() != nil {
		t.Errorf("an attempt ends with its operation, and with no other: %v, %v", first.Err(), foreign.Err())
	}
}

// An attempt has nearly all of its time, whoever began before.
func TestSharedDeadlineIsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const timeout = time.Minute
		shared := &deadlines{}
		for range 10 {
			if left := timeLeft(shared.bounded(t.Context(), timeout)); left > timeout || left < timeout-timeout/sharedPart {
				t.Errorf("%v are left of %v", left, timeout)
			}
			time.Sleep(timeout / sharedPart * 3 / 4)
		}
	})
}

// A client outlives its callers, so it keeps nothing of theirs: only what is made for one operation shares deadlines.
func TestDeadlinesOutsideOfOperations(t *testing.T) {
	t.Parallel()
	client, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	first, second := client.WithLimits(Limits{}), client.WithLimits(Limits{})
	if client.deadlines != nil || first.deadlines == nil || first.deadlines == second.deadlines {
		t.Errorf("shared by %p, %p and %p", client.deadlines, first.deadlines, second.deadlines)
	}
	read := &call{client: client, method: http.MethodGet}
	attempt, cancel := read.attempt(t.Context(), time.Minute)
	cancel()
	if attempt.Err() == nil || t.Context().Err() != nil {
		t.Error("an attempt outside of an operation does not end when it is over")
	}
}
