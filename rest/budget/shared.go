package budget

import (
	"context"
	"time"
)

// SharedRate is what a replica knows about a caller's window.
type SharedRate struct {
	// Limit is the number of calls per window, or 0 if only a 429 has shown the window. Remaining is how many are left.
	Limit, Remaining int
	// Claims is the number of calls that are about to be sent: those of this replica in Saw, those of the others elsewhere.
	Claims int
	// Earliest and Latest bound the time until the window ends. If Latest is 0, no window is known.
	Earliest, Latest time.Duration
}

// Shared shares the rate limit of one caller with other replicas. A lost entry costs calls and nothing else, so no method
// returns an error. It must be safe for concurrent use.
type Shared interface {
	// Find returns what any replica has seen last, and waits for it for some milliseconds at most. ok is false without an
	// answer.
	Find(ctx context.Context) (rate SharedRate, ok bool)
	// Claim shares how many calls this replica is about to send, and then does what Find does. Of two replicas that claim the
	// same calls, one finds the claim of the other.
	Claim(ctx context.Context, calls int) (rate SharedRate, ok bool)
	// Saw shares what a response has shown. It does not wait.
	Saw(rate SharedRate)
	// Refused tells the other replicas that mStudio has answered 429. It does not wait.
	Refused(wait time.Duration)
}

// pace is the least time between two writes about a caller, and how long what was read is believed.
const pace = time.Second

// replicas holds what a budget has read from other replicas and written for them.
type replicas struct {
	shared Shared

	reading chan struct{} // closed when the read that runs has ended; nil without one
	read    time.Time     // when the last read began

	claims int       // of the others
	until  time.Time // the end of the time in which these are believed

	written    time.Time // the last time
	remaining  int       // written last
	hasClaimed bool      // whether the last write had claims of operations
	refused    time.Time // the last time that the others were told of a 429
}

// New returns a budget that is shared with other replicas. The zero Budget is not.
func New(shared Shared) *Budget { return &Budget{replicas: &replicas{shared: shared}} }

// learn reads what other replicas know of a window that is unknown here. Calls that begin meanwhile wait for it, too.
func (b *Budget) learn(ctx context.Context) {
	r := b.replicas
	if r == nil {
		return
	}
	b.mu.Lock()
	now, reading := time.Now(), r.reading
	isFirst := reading == nil && b.window.isUnknown(now) && now.Sub(r.read) >= pace
	if isFirst {
		r.reading, r.read = make(chan struct{}), now
	}
	b.mu.Unlock()
	switch {
	case isFirst:
		b.read(ctx)
	case reading != nil:
		<-reading
	}
}

// read ends the wait of other calls in any case, even if it panics.
func (b *Budget) read(ctx context.Context) {
	rate, ok := SharedRate{}, false
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		close(b.replicas.reading)
		b.replicas.reading = nil
		if ok {
			b.take(rate, time.Now())
		}
	}()
	rate, ok = b.replicas.shared.Find(ctx)
}

// confirm reports whether calls that an operation has claimed fit beside the claims of other replicas. If they do not, it takes
// the claim back.
func (b *Budget) confirm(ctx context.Context, o *Operation, need int) bool {
	r := b.replicas
	if r == nil {
		return true
	}
	b.mu.Lock()
	claimed, all := o.claimed, b.claims+b.window.flight
	r.hasClaimed = r.hasClaimed || claimed > 0
	b.mu.Unlock()
	if claimed == 0 { // the limit is unknown, or the operation is small
		return true
	}
	rate, ok := r.shared.Claim(ctx, all)
	if !ok {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.take(rate, now)
	if b.room(now) >= 0 {
		return true
	}
	back := min(need, o.claimed)
	o.claimed -= back
	b.claims -= back
	b.share(now)
	b.serve(now)
	return false
}

// room returns the number of calls that another operation may claim.
func (b *Budget) room(now time.Time) int {
	room := b.window.available(now) - b.claims - b.reserve(Batch, now)
	if r := b.replicas; r != nil && now.Before(r.until) {
		room -= r.claims
	}
	return room
}

// take takes over what other replicas have seen. Values that cannot be true change nothing.
func (b *Budget) take(rate SharedRate, now time.Time) {
	r, w := b.replicas, &b.window
	seen := Rate{Limit: rate.Limit, Remaining: rate.Remaining, Reset: rate.Latest - rounding}
	switch {
	case rate.Claims < 0, rate.Earliest < 0, rate.Latest < rate.Earliest, rate.Latest > longestReset+2*rounding:
		return
	case rate.Latest == 0:
	case rate.Limit == 0 && rate.Remaining == 0:
		w.refuse(now, rate.Latest, true)
	default:
		seen.Reset = max(0, seen.Reset)
		if !seen.isPlausible() {
			return
		}
		if w.hear(now, seen, now.Add(rate.Earliest), now.Add(rate.Latest)) {
			b.polls = 0
		}
	}
	r.claims, r.until = min(rate.Claims, w.limit), now.Add(pace)
}

// share writes what is known here: once per second, and at once when half of what was left is used or the last claim has ended.
// Otherwise the others would believe the last value until the window ends, if this replica has no more calls to send. What was
// only heard is not repeated.
func (b *Budget) share(now time.Time) {
	r, w := b.replicas, &b.window
	if r == nil {
		return
	}
	rate := SharedRate{Claims: b.claims + w.flight}
	isKnown := !w.isUnknown(now) && !w.isOver(now) && !w.isHeard
	if isKnown {
		rate.Limit, rate.Remaining = w.limit, max(0, w.left)
		rate.Earliest, rate.Latest = max(0, w.earliest.Sub(now)), w.ends.Sub(now)
	}
	hasEnded := r.hasClaimed && b.claims == 0
	isMuchLess := isKnown && rate.Remaining <= r.remaining-max(1, r.remaining/2)
	if !hasEnded && !isMuchLess && (!isKnown || now.Sub(r.written) < pace) {
		return
	}
	r.written, r.remaining, r.hasClaimed = now, rate.Remaining, b.claims > 0
	r.shared.Saw(rate)
}

// shareRefusal tells other replicas of a 429.
func (b *Budget) shareRefusal(now time.Time) {
	if r := b.replicas; r != nil && now.Sub(r.refused) >= pace {
		r.refused = now
		r.shared.Refused(b.window.wait(now))
	}
}

// Refuse records that mStudio has answered 429 to another replica. It is believed for a minute at most.
func (b *Budget) Refuse(wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.window.refuse(now, wait, true)
	b.serve(now)
}
