package budget

// Lane is the priority of a call. Calls of an earlier lane are sent first, and those of a later one leave them room.
type Lane int8

// The lanes, first to last.
const (
	Write       Lane = iota // writes of small operations
	Interactive             // reads of small operations
	Live                    // polls
	Batch                   // all calls of large operations
	lanes
)

// String returns the lane's name in metrics.
func (l Lane) String() string {
	return [...]string{"write", "interactive", "live", "batch"}[l]
}
