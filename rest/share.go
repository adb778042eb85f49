package rest

import (
	"context"
	"time"

	"mstudio-graphql/rest/flight"
)

// flightKey identifies equal reads of one caller. A read that waits for an event has a result of its own, so it has no key.
type flightKey struct {
	caller      callerKey
	path, query string
	writes      uint64 // writes of the caller that had ended when the read began
}

// flights are the reads that equal ones may join.
type flights struct {
	flight.Group[flightKey, *response]

	breakers *breakers
}

// newFlights returns nil if calls are not shared.
func newFlights(disabled bool, b *breakers) *flights {
	if disabled {
		return nil
	}
	return &flights{breakers: b}
}

// isShareable reports whether equal reads of the caller may get the response to this call.
func (c *call) isShareable() bool {
	return !c.isWrite() && c.counts() && c.session.event == ""
}

func (c *call) flightKey() flightKey {
	return flightKey{caller: c.session.caller(), path: c.path, query: c.query, writes: c.writes}
}

// joinFlight returns the response to an equal read of the same caller that was sent shortly before. A write of the caller
// ends that: no read that begins after it gets a response from before it.
func joinFlight(next handler, group *flights) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if c.isWrite() && c.counts() {
			defer c.session.budget().Wrote()
		}
		if group == nil || !c.isShareable() {
			return next(ctx, c)
		}
		c.writes = c.session.budget().Writes()
		for {
			found := group.Join(c.flightKey())
			if found == nil {
				return next(ctx, c)
			}
			if got, ok, err := group.await(ctx, c, found); ok {
				return got, err
			}
		}
	}
}

// leadFlight lets equal reads of the same caller join this one.
func leadFlight(next handler, group *flights) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if group == nil || !c.isShareable() {
			return next(ctx, c)
		}
		for {
			joined, end := group.Lead(c.flightKey())
			if joined == nil {
				return c.lead(ctx, next, end)
			}
			if got, ok, err := group.await(ctx, c, joined); ok {
				return got, err
			}
		}
	}
}

// lead makes the call and gives its result to those that have joined. If next panics, they make the call themselves.
func (c *call) lead(ctx context.Context, next handler, end func(*response, error) bool) (got *response, err error) {
	err = c.fail(Canceled, nil)
	defer func() { c.isShared = end(got, err) }()
	got, err = next(ctx, c)
	return got, err
}

// await waits for the response to the equal call. ok is false if that call failed for a reason of its own operation.
func (f *flights) await(ctx context.Context, c *call, joined *flight.Flight[*response]) (got *response, ok bool, err error) {
	leave, permitted := f.breakers.join(c, time.Now())
	if !permitted {
		return nil, true, c.fail(Unavailable, errBreakerOpen)
	}
	defer leave()
	got, err = joined.Wait(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, true, c.fail(contextCode(ctx), ctx.Err())
	case hasCode(err, Canceled, Expired, BudgetExceeded):
		return nil, false, err
	}
	if got != nil {
		if err := reserve(c.session.limits.limits.Memory, len(got.body)); err != nil {
			return nil, true, c.fail(Canceled, err)
		}
	}
	c.session.limits.shared.Add(1)
	c.isShared = true
	return got, true, err
}
