package budget

import (
	"sync/atomic"
	"time"
)

// Operation holds the state of one operation in a budget.
type Operation struct {
	calls  atomic.Int64
	waited atomic.Int64 // nanoseconds of all calls together

	// The budget's lock guards what follows.
	lane     Lane   // of its reads
	claimed  int    // calls that were granted and have not started
	needed   int    // the most calls that were known to be needed
	rejected Reason // of its first rejection, empty without one
}

// NewOperation returns a small operation.
func NewOperation() *Operation { return &Operation{lane: Interactive} }

// NewBatch returns an operation whose calls go to the batch lane, however few they are.
func NewBatch() *Operation { return &Operation{lane: Batch} }

// NewPoll returns an operation whose calls go to the live lane.
func NewPoll() *Operation { return &Operation{lane: Live} }

// Calls returns the number of calls that were sent.
func (o *Operation) Calls() int { return int(o.calls.Load()) }

// Waited returns how long its calls have waited, all together.
func (o *Operation) Waited() time.Duration { return time.Duration(o.waited.Load()) }

// laneOf returns the lane of a call.
func (o *Operation) laneOf(isWrite bool) Lane {
	if isWrite && o.lane != Batch {
		return Write
	}
	return o.lane
}
