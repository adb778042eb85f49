package sharedstate

import (
	"context"
	_ "embed" // for the scripts
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/rest"
)

var (
	//go:embed scripts/lead.lua
	leadScript string
	//go:embed scripts/changed.lua
	changedScript string
	//go:embed scripts/leave.lua
	leaveScript string
)

// maxFirstNumber limits the number of changes of a new entry. Lua's numbers have 14 digits.
const maxFirstNumber = 1 << 40

// Leases are the rights to poll for callers. They implement watcher.Peers.
type Leases struct {
	*Store

	lead, changed, leave *valkey.Lua
}

// Leases returns the rights to poll for callers.
func (s *Store) Leases() Leases {
	return Leases{s, valkey.NewLuaScript(leadScript), valkey.NewLuaScript(changedScript), valkey.NewLuaScript(leaveScript)}
}

// Lead takes or keeps the right to poll for a caller.
func (l Leases) Lead(ctx context.Context, caller rest.SharedCaller, life, within time.Duration) watcher.Lease {
	first := strconv.FormatInt(1+rand.Int64N(maxFirstNumber), 10) //nolint:gosec // not a secret
	answer, ok := l.ask(ctx, UseLeases, exec(l.lead, keyOf("p", caller), l.replica, milliseconds(life), milliseconds(within), first))
	if !ok {
		return watcher.Lease{}
	}
	values, err := answer.AsIntSlice()
	if err != nil || len(values) != 3 {
		l.garbage(UseLeases)
		return watcher.Lease{}
	}
	return watcher.Lease{Known: true, Leads: values[0] == 1, Left: time.Duration(values[1]) * time.Millisecond, Changes: uint64(values[2])} //nolint:gosec // at most 14 digits
}

// Changed tells the other replicas that something of the caller's has changed.
func (l Leases) Changed(caller rest.SharedCaller, isHidden bool) {
	kind := kindChange
	if isHidden {
		kind = kindHidden
	}
	l.tell(UseHints, exec(l.changed, keyOf("p", caller), channel, beforeNumber(caller), afterNumber(kind, l.replica)))
}

// Leave gives up the right to poll for a caller.
func (l Leases) Leave(caller rest.SharedCaller) {
	l.tell(UseLeases, exec(l.leave, keyOf("p", caller), l.replica))
}

// Listen sets the function that is called for each change that another replica tells.
func (l Leases) Listen(heard func(caller rest.SharedCaller, told watcher.Told)) {
	l.hints.changed.Store(&heard)
}

// Hint passes on a hint about conversations to the other replicas.
func (l Leases) Hint(conversationIDs []string) {
	for ids := range slices.Chunk(conversationIDs, maxConversations) {
		message := l.hints.sealer.Seal(nil, nil, packIDs(l.replica, ids), nil) //nolint:gosec // this cipher generates its own nonce
		l.tell(UseHints, func(ctx context.Context, client valkey.Client) valkey.ValkeyResult {
			return client.Do(ctx, client.B().Publish().Channel(conversations).Message(string(message)).Build())
		})
	}
}

// ListenHints sets the function that is called for each hint about conversations that another replica passes on.
func (l Leases) ListenHints(hinted func(conversationIDs []string)) { l.hints.hinted.Store(&hinted) }
