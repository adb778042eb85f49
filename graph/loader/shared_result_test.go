package loader

import (
	"errors"
	"testing"
	"time"

	"mstudio-graphql/rest"
)

// A result is the same on another replica, as far as clients see it.
func TestSharedResult(t *testing.T) {
	t.Parallel()
	for _, result := range []claimResult{
		{input: digestOf("a"), id: idB, event: Event{idA, "17"}},
		{input: digestOf("b"), event: Event{ConversationID: idA}, err: &rest.Error{Code: rest.Unavailable, Outcome: rest.OutcomeUnknown, RetryAfter: time.Second}},
	} {
		got, ok := decodeResult(SharedClaim{State: ClaimEnded, Result: result.encode()})
		failure, _ := errors.AsType[*rest.Error](got.err)
		want, _ := errors.AsType[*rest.Error](result.err)
		if !ok || got.input != result.input || got.id != result.id || got.event != result.event || (failure == nil) != (want == nil) {
			t.Errorf("got %+v", got)
		}
		if want != nil && (failure.Code != want.Code || failure.Outcome != want.Outcome || failure.RetryAfter != want.RetryAfter) {
			t.Errorf("got %+v", failure)
		}
	}
	for _, text := range []string{"", "{}", "null", `{"input":"AAAA"}`, `{"input":1}`, "[]"} {
		if got, ok := decodeResult(SharedClaim{State: ClaimEnded, Result: []byte(text)}); ok {
			t.Errorf("%s: %+v", text, got)
		}
	}
	if _, ok := decodeResult(SharedClaim{State: ClaimRunning, Result: claimResult{}.encode()}); ok {
		t.Error("a running claim has a result")
	}
}
