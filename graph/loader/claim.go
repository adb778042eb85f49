package loader

import "context"

// minClaim is the number of calls from which a group of calls asks for room. Fewer are part of every operation.
const minClaim = 10

// Claim waits until the caller's rate limit has room for a group of calls. If it has none in time, the error has
// rest.RateLimited, and the group should not start: half of its results would be of no use.
func (l *Loaders) Claim(ctx context.Context, calls int) error {
	if calls <= minClaim {
		return nil
	}
	return l.client.Claim(ctx, calls)
}
