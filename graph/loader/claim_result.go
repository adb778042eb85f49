package loader

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"mstudio-graphql/rest"
)

// digest is a hash, so that memory holds no text of a caller.
type digest [sha256.Size]byte

// digestOf hashes texts. All but the last one have a fixed length or no null characters.
func digestOf(texts ...string) digest { return sha256.Sum256([]byte(strings.Join(texts, "\x00"))) }

// claimResult is the result of a write.
type claimResult struct {
	input digest
	id    string
	event Event
	err   error
}

// sharedResult is the form of a claimResult that replicas share. Of an error, it has what clients see.
type sharedResult struct {
	Input          []byte        `json:"input"`
	ID             string        `json:"id,omitempty"`
	ConversationID string        `json:"conversation"`
	Event          rest.EventID  `json:"event,omitempty"`
	Code           rest.Code     `json:"code,omitempty"`
	Outcome        rest.Outcome  `json:"outcome,omitempty"`
	RetryAfter     time.Duration `json:"retryAfter,omitempty"`
}

func (r claimResult) encode() []byte {
	shared := sharedResult{Input: r.input[:], ID: r.id, ConversationID: r.event.ConversationID, Event: r.event.ID}
	if failure, ok := errors.AsType[*rest.Error](r.err); ok {
		shared.Code, shared.Outcome, shared.RetryAfter = failure.Code, failure.Outcome, failure.RetryAfter
	}
	text, err := json.Marshal(shared)
	if err != nil { // it has only texts and numbers
		panic(err)
	}
	return text
}

// decodeResult returns the result of a claim that has ended. ok is false for any other claim, and for a result of another format.
func decodeResult(claim SharedClaim) (result claimResult, ok bool) {
	var shared sharedResult
	if claim.State != ClaimEnded || json.Unmarshal(claim.Result, &shared) != nil || len(shared.Input) != len(digest{}) {
		return claimResult{}, false
	}
	result = claimResult{input: digest(shared.Input), id: shared.ID, event: Event{shared.ConversationID, shared.Event}}
	if shared.Code != "" {
		result.err = &rest.Error{Code: shared.Code, Outcome: shared.Outcome, RetryAfter: shared.RetryAfter}
	}
	return result, true
}

// lostResult is the result of a write that may have been made.
func lostResult(conversationID string, input digest) claimResult {
	return claimResult{input: input, event: Event{ConversationID: cmp.Or(conversationID, unknownConversation)}, err: errUnknown()}
}

// errUnknown returns the error of an operation that cannot know what another one has written.
func errUnknown() error { return &rest.Error{Code: rest.Expired, Outcome: rest.OutcomeUnknown} }
