package watcher

import (
	"context"
	"time"

	"mstudio-graphql/rest"
)

// Peers are the other replicas that watch for the same callers. One of them polls, and tells the others when something has
// changed; each then reads for itself. It must be safe for concurrent use, and no method fails: without an answer, a replica
// polls.
type Peers interface {
	// Lead takes or keeps for this time the right to poll for a caller, also from another replica that has it no longer than
	// within. It waits for some milliseconds at most.
	Lead(ctx context.Context, caller rest.SharedCaller, life, within time.Duration) Lease
	// Changed announces a change of the caller's data to the others, and counts it while a replica leads. isHidden means that the
	// list may not show it, but a history. It does not wait.
	Changed(caller rest.SharedCaller, isHidden bool)
	// Hint passes on a hint about conversations, which concerns callers that other replicas watch for. It does not wait.
	Hint(conversationIDs []string)
	// Leave gives up the right to poll for a caller. It does not wait.
	Leave(caller rest.SharedCaller)
	// Replicas returns how many replicas there are, at least 1.
	Replicas() int
	// Listen sets the function that is called for each change that another replica tells. It does not block.
	Listen(heard func(caller rest.SharedCaller, told Told))
	// ListenHints sets the function that is called for each hint that another replica passes on. It does not block.
	ListenHints(hinted func(conversationIDs []string))
}

// Lease is the right to poll for a caller.
type Lease struct {
	// Known is false if there was no answer. Then this replica polls.
	Known bool
	// Leads reports whether this replica has the right.
	Leads bool
	// Left is how long another replica has it.
	Left time.Duration
	// Changes is the number of changes that all replicas have told of the caller. It does not begin at 0.
	Changes uint64
}

// Told is the hint of another replica. It carries no data.
type Told struct {
	// Number is that of the change, or 0 if nobody leads.
	Number uint64
	// IsHidden reports that the list may not show the change, but a history.
	IsHidden bool
}
