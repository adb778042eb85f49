package budget

import "sync/atomic"

// Operation is what the budget knows of one operation. The zero value is a small operation.
type Operation struct {
	lane    Lane // of its reads; used under the budget's lock
	claimed int  // calls that were granted and have not started; used under the budget's lock
	calls   atomic.Int64
}

// NewOperation returns an operation whose calls go to the batch lane if batch is true, however few they are.
func NewOperation(batch bool) *Operation {
	o := &Operation{lane: Interactive}
	if batch {
		o.lane = Batch
	}
	return o
}

// Calls returns the number of calls that were sent.
func (o *Operation) Calls() int { return int(o.calls.Load()) }

// laneOf returns the lane of a call.
func (o *Operation) laneOf(isWrite bool) Lane {
	if isWrite && o.lane != Batch {
		return Write
	}
	return o.lane
}
