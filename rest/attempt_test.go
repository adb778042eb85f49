package rest

import (
	"context"
	"testing"
	"time"
)

func TestSharedDeadlines(t *testing.T) {
	t.Parallel()
	const timeout = time.Minute
	operation, cancel := context.WithCancel(t.Context())
	defer cancel()
	other, cancelOther := context.WithCancel(t.Context())
	defer cancelOther()
	shared := &attempts{}
	first := shared.bounded(operation, timeout)
	if second := shared.bounded(context.WithValue(operation, struct{}{}, 1), timeout); second != first {
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
	const timeout = time.Second
	shared := &attempts{}
	first := shared.bounded(t.Context(), timeout)
	time.Sleep(2 * timeout / sharedPart)
	second := shared.bounded(t.Context(), timeout)
	before, _ := first.Deadline()
	after, _ := second.Deadline()
	if after.Sub(before) < timeout/sharedPart {
		t.Errorf("begun later, and ends at %v as well as %v", after, before)
	}
}
