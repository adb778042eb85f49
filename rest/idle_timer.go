package rest

import "time"

// idleTimer cancels a transfer that the other side has stalled.
type idleTimer struct {
	timer *time.Timer
	limit time.Duration
}

func newIdleTimer(limit time.Duration, end func()) *idleTimer {
	return &idleTimer{time.AfterFunc(limit, end), limit}
}

func (t *idleTimer) pause()  { t.timer.Stop() }
func (t *idleTimer) resume() { t.timer.Reset(t.limit) }
func (t *idleTimer) stop()   { t.timer.Stop() }
