package watcher

import (
	"slices"
	"sync"
	"sync/atomic"
)

// maxPending is the maximum number of results of a subscription that wait.
const maxPending = 256

// result is a rendered change. Subscriptions that are alike share it.
type result struct {
	bytes   []byte
	release func()
	holders atomic.Int32
}

// drop releases the result if nobody else holds it.
func (r *result) drop() {
	if r.holders.Add(-1) == 0 && r.release != nil {
		r.release()
	}
}

// waiting is a result that waits to be written.
type waiting struct {
	*result

	// replaces is the conversation of which only the latest change counts, or zero.
	replaces key
}

// pending holds the results of a subscription until they are written.
type pending struct {
	mu      sync.Mutex
	ready   func()
	waiting []waiting
	taken   []waiting // until the next Take, because they are being written
	bytes   int       // of those that wait
	end     *End
	closed  bool
}

// push adds a result. It returns false and adds nothing if too many wait.
func (p *pending) push(added waiting, limit int) bool {
	return p.change(func() bool {
		if added.replaces != (key{}) {
			p.remove(func(w waiting) bool { return w.replaces == added.replaces })
		}
		if len(p.waiting) >= maxPending || p.bytes+len(added.bytes) > limit {
			return false
		}
		p.add(added)
		return true
	})
}

// replaceAll drops what waits and adds a result.
func (p *pending) replaceAll(added waiting) {
	p.change(func() bool {
		p.remove(func(waiting) bool { return true })
		p.add(added)
		return true
	})
}

// finish sets the end, after which no result is added.
func (p *pending) finish(end *End) {
	p.change(func() bool {
		p.end = end
		return true
	})
}

// change runs do, unless the subscription has ended, and then calls ready without the lock.
func (p *pending) change(do func() bool) bool {
	ready, ok := p.locked(do)
	if ok && ready != nil {
		ready()
	}
	return ok
}

func (p *pending) locked(do func() bool) (ready func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.end != nil {
		return nil, true
	}
	ok = do()
	return p.ready, ok
}

func (p *pending) add(added waiting) {
	added.holders.Add(1)
	p.waiting = append(p.waiting, added)
	p.bytes += len(added.bytes)
}

func (p *pending) remove(which func(waiting) bool) {
	p.waiting = slices.DeleteFunc(p.waiting, func(w waiting) bool {
		if !which(w) {
			return false
		}
		p.bytes -= len(w.bytes)
		w.drop()
		return true
	})
}

// Notify sets the function that is called whenever Take has something to return. It is called at once if that is already the
// case, and must not block.
func (p *pending) Notify(ready func()) {
	p.mu.Lock()
	p.ready = ready
	isReady := len(p.waiting) > 0 || p.end != nil
	p.mu.Unlock()
	if isReady {
		ready()
	}
}

// Take returns the results that wait, oldest first. They count in the memory budget until the next Take or Close. If end is
// not nil, none will follow.
func (p *pending) Take() (results [][]byte, end *End) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dropTaken()
	for _, w := range p.waiting {
		results = append(results, w.bytes)
	}
	p.taken, p.waiting, p.bytes = p.waiting, nil, 0
	return results, p.end
}

func (p *pending) dropTaken() {
	for _, w := range p.taken {
		w.drop()
	}
	p.taken = nil
}

// discard drops what waits, and accepts no more.
func (p *pending) discard() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed, p.ready = true, nil
	p.dropTaken()
	p.remove(func(waiting) bool { return true })
}
