package watcher

import (
	"time"

	"mstudio-graphql/rest"
)

// following is the state of a watcher that shares its polls with other replicas.
type following struct {
	peers    Peers // nil without other replicas
	callerID rest.SharedCaller
	leads    bool
	followed time.Time // until when another replica leads, as far as is known
	number   uint64    // of changes, from the last lease
	newest   uint64    // number of the last change that another replica has announced
	counted  uint64    // changes since number that this replica knows of
	untold   bool      // whether others may not know a change that this replica has seen
	news     news      // since the last poll that has read
	isTurn   bool      // whether the next poll takes the lease
	lastRead time.Time // when that began
	found    time.Time // when the last one began that has found a change
}

// news is that another replica has told a change.
type news struct {
	isHeard  bool
	isHidden bool // whether the list may not show the change, but a history
	isRepeat bool // whether a poll has not found it
}

// newFollowing returns the state before the first poll. Others may not know what has changed since the last leader's last poll.
func newFollowing(peers Peers, caller rest.SharedCaller) following {
	return following{peers: peers, callerID: caller, untold: true}
}

// tell counts a change and announces it to the other replicas. The caller must hold the watcher's lock.
func (f *following) tell(isHidden bool) {
	if f.peers != nil {
		f.counted++
		f.peers.Changed(f.callerID, isHidden)
	}
}

// count counts a change that another replica announces, unless it is repeated or old.
func (f *following) count(number uint64) {
	if number > 0 && number-f.newest-1 < maxLate {
		f.newest = number
		f.counted++
	}
}

// sync takes over how many changes had been told when the lease was asked for. It reports whether this replica has not heard of
// some of them.
func (f *following) sync(number uint64) (isLost bool) {
	isLost = number != f.number+f.counted
	f.number, f.newest, f.counted = number, number, 0
	return isLost
}

// resign gives up the lease. The caller must hold the watcher's lock.
func (f *following) resign() {
	if f.leads {
		f.leads = false
		f.peers.Leave(f.callerID)
	}
}

// lead is what the lease means for a poll.
type lead struct {
	Lease

	life   time.Duration
	within time.Duration // takes the lease from another replica that has it no longer
	must   bool          // whether the poll reads without the lease, too
	news   news
}
