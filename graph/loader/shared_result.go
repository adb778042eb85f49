package loader

import (
	"cmp"
	"encoding/json"
	"errors"

	"mstudio-graphql/rest"
)

// sharedResult is the form of a claimResult that replicas share.
type sharedResult struct {
	Input []byte      `json:"i"`
	ID    string      `json:"d"`
	Event Event       `json:"e"`
	Err   *rest.Error `json:"f,omitempty"`
}

func (r claimResult) encode() []byte {
	failure, _ := errors.AsType[*rest.Error](r.err)
	text, err := json.Marshal(sharedResult{r.input[:], r.id, r.event, failure})
	if err != nil { // it has only texts and numbers
		panic(err)
	}
	return text
}

// decodeResult returns the result of a claim that has ended, or nil for any other and for a result of another format.
func decodeResult(found SharedClaim) *claimResult {
	var read sharedResult
	if found.State != ClaimEnded || json.Unmarshal(found.Result, &read) != nil || len(read.Input) != len(digest{}) {
		return nil
	}
	result := &claimResult{input: digest(read.Input), id: read.ID, event: read.Event}
	if read.Err != nil {
		result.err = read.Err
	}
	return result
}

// lostResult is the result of a write of which nobody knows whether it was made.
func lostResult(conversationID string, input digest) claimResult {
	return claimResult{input: input, event: Event{ConversationID: cmp.Or(conversationID, unknownConversation)}, err: errUnknown()}
}

// errUnknown returns the error of an operation that cannot know what another one has written.
func errUnknown() error { return &rest.Error{Code: rest.Expired, Outcome: rest.OutcomeUnknown} }
