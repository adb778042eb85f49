package watcher

import (
	"context"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// poll is one poll of a watcher.
type poll struct {
	*watcher

	ctx      context.Context //nolint:containedctx // a poll is what the context is for
	client   *rest.Client
	loaders  *loader.Loaders
	began    time.Time
	reads    bool // whether it reads; otherwise it only starts subscriptions
	joining  []*Subscriber
	awaits   []awaited
	calls    int // maximum
	before   int // calls before the first change was rendered
	changes  int
	isHidden bool // whether the list does not show one of them
	lead     lead
	shared   map[string]*result // of the current change, by the key of the subscription
}

// note records activity. The caller must hold the lock.
func (p *poll) note(newest time.Time, isChanged bool) {
	if isChanged {
		newest = p.began
	}
	if newest.After(p.active) && !newest.After(p.began) {
		p.active = newest
	}
}

func (p *poll) start(s *Subscriber) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !s.started {
		s.start()
	}
}

// unauthorized returns err if mStudio rejects the token, or nil.
func unauthorized(err error) error {
	if model.CodeOf(err) == model.CodeUnauthenticated {
		return err
	}
	return nil
}
