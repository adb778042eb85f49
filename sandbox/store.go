package sandbox

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// store is the whole state of a sandbox. Endpoints read it under mu's read lock, changes take the write lock;
// categories, users, callers, avatars and property are fixed and shared by all sandboxes.
type store struct {
	mu            sync.RWMutex
	conversations []*conversation // oldest first
	byID          map[string]*conversation
	preferences   map[string]*preferences // by customer id
	made          int                     // how many ids were made
	changedAt     time.Time               // when something was changed last

	categories []*category
	users      map[string]*user   // everybody who takes part in conversations, by user id
	callers    map[string]*caller // by token
	avatars    map[string]*user   // by file id
	property   *property
}

// clone copies what may change. Users and categories never do, and what messages point to is replaced, not changed.
func (s *store) clone() *store {
	c := &store{
		conversations: make([]*conversation, len(s.conversations)),
		byID:          make(map[string]*conversation, len(s.byID)),
		categories:    s.categories,
		preferences:   maps.Clone(s.preferences),
		changedAt:     timelineEnd(),
		users:         s.users,
		callers:       s.callers,
		avatars:       s.avatars,
		property:      s.property,
	}
	for i, conv := range s.conversations {
		c.conversations[i] = conv.clone()
		c.byID[conv.ID] = c.conversations[i]
	}
	return c
}

func (s *store) caller(token string) *caller { return s.callers[token] }

// add files a conversation. Its id must be new.
func (s *store) add(c *conversation) {
	s.byID[c.ID] = c
	at, _ := slices.BinarySearchFunc(s.conversations, c, byCreation)
	s.conversations = slices.Insert(s.conversations, at, c)
}

// replace makes a version of a conversation the newest. The one before stays for reads that cannot see it yet.
func (s *store) replace(newest *conversation, now time.Time) {
	before := s.byID[newest.ID]
	if newest.visibleAt.After(now) {
		newest.previous = before
	}
	if before == nil {
		s.add(newest)
		return
	}
	if seen := before.at(now); seen != nil {
		seen.previous = nil
	}
	s.byID[newest.ID] = newest
	s.conversations[slices.Index(s.conversations, before)] = newest
}

// visible returns the conversations of a caller, oldest first.
func (s *store) visible(c *caller) []*conversation {
	var seen []*conversation
	now := time.Now()
	for _, newest := range s.conversations {
		if conv := newest.at(now); conv != nil && conv.seenBy(c) {
			seen = append(seen, conv)
		}
	}
	return seen
}

// conversation looks up a conversation for a caller: unknown is not found, known but foreign is forbidden.
func (s *store) conversation(c *caller, id string) (*conversation, error) {
	conv := s.byID[id].at(time.Now())
	if conv == nil {
		return nil, errNotFound
	}
	if !conv.seenBy(c) {
		return nil, errForbidden
	}
	return conv, nil
}

// canonicalID returns a UUID in the spelling of the store. It takes the usual 36 characters only; the library would
// also take braces, a URN prefix and bare hex digits.
func canonicalID(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	id, err := uuid.Parse(s)
	return id.String(), err == nil
}
