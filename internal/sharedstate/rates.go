package sharedstate

import (
	"context"
	_ "embed" // for the script
	"strconv"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/rest"
)

//go:embed scripts/rates.lua
var ratesScript string

// Rates are the callers' rate limits. They implement rest.SharedRates.
type Rates struct {
	*Store

	script *valkey.Lua
}

// Rates returns the callers' rate limits.
func (s *Store) Rates() Rates { return Rates{s, valkey.NewLuaScript(ratesScript)} }

// Find returns what any replica has seen last.
func (r Rates) Find(ctx context.Context, caller rest.SharedCaller) (rest.SharedRate, bool) {
	return r.read(ctx, caller, -1)
}

// Claim shares this replica's claims, and returns what any replica has seen last.
func (r Rates) Claim(ctx context.Context, caller rest.SharedCaller, calls int) (rest.SharedRate, bool) {
	return r.read(ctx, caller, calls)
}

func (r Rates) read(ctx context.Context, caller rest.SharedCaller, claims int) (rate rest.SharedRate, ok bool) {
	answer, ok := r.ask(ctx, UseRates, r.merge(caller, claims, rate))
	if !ok {
		return rate, false
	}
	values, err := answer.AsIntSlice()
	if err != nil || len(values) != 6 || values[5] != 0 {
		r.garbage(UseRates)
	}
	if err != nil || len(values) != 6 {
		return rate, false
	}
	return rest.SharedRate{
		Limit: int(values[0]), Remaining: int(values[1]), Claims: int(values[4]),
		Earliest: time.Duration(values[2]) * time.Millisecond, Latest: time.Duration(values[3]) * time.Millisecond,
	}, true
}

// Saw shares what a response has shown.
func (r Rates) Saw(caller rest.SharedCaller, rate rest.SharedRate) {
	r.tell(UseRates, r.merge(caller, rate.Claims, rate))
}

// merge runs the script. Without claims, which is -1, it only reads. The window may end before the command is sent.
func (r Rates) merge(caller rest.SharedCaller, claims int, rate rest.SharedRate) command {
	seen := time.Now()
	return func(ctx context.Context, c valkey.Client) valkey.ValkeyResult {
		earliest, latest := rate.Earliest-time.Since(seen), rate.Latest-time.Since(seen)
		args := []string{r.replica, strconv.Itoa(claims), "-1"}
		if latest > 0 {
			args = append(args[:2], strconv.Itoa(rate.Limit), strconv.Itoa(rate.Remaining), milliseconds(max(0, earliest)), milliseconds(latest))
		}
		return r.script.Exec(ctx, c, []string{keyOf("r", caller)}, args)
	}
}

// Refused tells the other replicas that mStudio has answered 429.
func (r Rates) Refused(caller rest.SharedCaller, wait time.Duration) {
	r.tell(UseHints, func(ctx context.Context, c valkey.Client) valkey.ValkeyResult {
		message := beforeNumber(caller) + milliseconds(wait) + afterNumber(kindCool, r.replica)
		return c.Do(ctx, c.B().Publish().Channel(channel).Message(message).Build())
	})
}
