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
	// Lead takes or keeps for this time the right to poll for a caller. It waits for some milliseconds at most.
	Lead(ctx context.Context, caller rest.SharedCaller, life time.Duration) Lease
	// Changed tells the others that something of the caller's has changed, and counts it. It does not wait.
	Changed(caller rest.SharedCaller)
	// Leave gives up the right to poll for a caller. It does not wait.
	Leave(caller rest.SharedCaller)
	// Replicas returns how many replicas there are, at least 1.
	Replicas() int
}

// Lease is the right to poll for a caller.
type Lease struct {
	// Known is false if there was no answer. Then this replica polls.
	Known bool
	// Leads reports whether this replica has the right.
	Leads bool
	// Changes is the number of changes that any replica has told of the caller.
	Changes uint64
}
