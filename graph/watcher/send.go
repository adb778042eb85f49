package watcher

import (
	"fmt"
	"runtime/debug"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// send renders a change, once for subscriptions that are alike, and adds it to what waits. The first and the last one of a
// subscription have no kind, because they are no changes.
func (p *poll) send(s *Subscriber, replaces key, found any, kind string, row *rest.Conversation) {
	r := p.shared[s.sub.Key]
	if r == nil {
		var ok bool
		if r, ok = p.render(s, found); !ok {
			p.resync(s, "memory")
			return
		}
		if p.shared == nil {
			p.shared = map[string]*result{}
		}
		p.shared[s.sub.Key] = r
		if kind != "" {
			p.config.Observer.changed(kind, row)
		}
	}
	if !s.push(waiting{r, replaces}, p.config.PendingBytes) {
		p.resync(s, "slow_reader")
	}
}

// sendOnce sends a change to one subscription.
func (p *poll) sendOnce(s *Subscriber, found any) {
	defer p.forgetShared()
	p.send(s, key{}, found, "", nil)
}

// render renders a change into bytes that are counted.
func (p *poll) render(s *Subscriber, found any) (*result, bool) {
	r := &result{bytes: p.response(s, found)}
	r.holders.Add(1)
	if p.config.Reserve == nil {
		return r, true
	}
	var ok bool
	r.release, ok = p.config.Reserve(p.caller.Key, len(r.bytes))
	return r, ok
}

// response returns the response for a change, or an error in its place if that panics.
func (p *poll) response(s *Subscriber, found any) (response []byte) {
	defer func() {
		if err := panicked(recover()); err != nil {
			response = fmt.Appendf(nil, `{"errors":%s}`, s.sub.Fail(err))
		}
	}()
	return s.sub.Render(p.ctx, found)
}

// panicked returns the error for a panic, or nil. The value may hold data.
func panicked(value any) error {
	if value == nil {
		return nil
	}
	return &loader.PanicError{Stack: debug.Stack()}
}

// forgetShared drops the poll's hold on the results of a change.
func (p *poll) forgetShared() {
	for key, r := range p.shared {
		r.drop()
		delete(p.shared, key)
	}
}

// resync drops what waits and sends RESYNC. Its bytes are few, so that they are not counted.
func (p *poll) resync(s *Subscriber, reason string) {
	s.replaceAll(waiting{result: &result{bytes: p.response(s, s.resync(p.list.number))}})
	s.reads = p.began
	p.config.Observer.dropped(reason)
}

func (p *poll) resyncAll(subs []*Subscriber, reason string) {
	for _, s := range subs {
		p.resync(s, reason)
	}
}
