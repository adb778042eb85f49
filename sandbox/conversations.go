package sandbox

import (
	"iter"
	"net/http"
	"slices"
	"time"
)

// The states that callers can set. Lists can be filtered by the first two only.
const (
	statusOpen     = "open"
	statusClosed   = "closed"
	statusAnswered = "answered"
)

// The documented visibilities of a conversation.
const (
	visibilityShared  = "shared"
	visibilityPrivate = "private"
)

// conversation is a support conversation. The exported fields are its wire form.
type conversation struct {
	ID                string        `json:"conversationId"`
	ShortID           string        `json:"shortId"`
	Title             string        `json:"title"`
	CreatedAt         timestamp     `json:"createdAt"`
	CreatedBy         *user         `json:"createdBy,omitempty"`
	MainUser          *user         `json:"mainUser"`
	Status            string        `json:"status"`
	Visibility        string        `json:"visibility"`
	Category          *category     `json:"category,omitempty"`
	RelatedTo         *reference    `json:"relatedTo,omitempty"`
	SharedWith        *reference    `json:"sharedWith,omitempty"`
	Relations         []reference   `json:"relations,omitzero"`
	NotificationRoles []string      `json:"notificationRoles,omitzero"`
	LastMessageAt     timestamp     `json:"lastMessageAt,omitzero"`
	LastMessageBy     *user         `json:"lastMessageBy,omitempty"`
	LastMessage       *lastActivity `json:"lastMessage,omitempty"`

	Future patch `json:"future,omitempty"`

	customers []string // IDs of the customers whose users may see the conversation
	messages  []*message
	members   []*member

	visibleAt time.Time     // when reads start to see this version; zero means always
	previous  *conversation // the version before, as long as reads may see it
}

// lastActivity holds the time of the last message, and its author if known.
type lastActivity struct {
	CreatedAt timestamp `json:"createdAt"`
	CreatedBy *user     `json:"createdBy,omitempty"`
}

// at returns the version that reads see at a time, or nil if they see none yet.
func (c *conversation) at(now time.Time) *conversation {
	for c != nil && c.visibleAt.After(now) {
		c = c.previous
	}
	return c
}

// clone copies the conversation with its messages and members, but not the objects they point to. Changes replace those
// objects.
func (c *conversation) clone() *conversation {
	copied := *c
	copied.messages = make([]*message, len(c.messages))
	for i, m := range c.messages {
		own := *m
		copied.messages[i] = &own
	}
	copied.members = slices.Clone(c.members)
	copied.previous = nil
	return &copied
}

// savedConversation is a conversation in the data: its wire form, followed by its unexported fields.
type savedConversation struct {
	conversation

	Customers []string   `json:"customers"`
	Members   []*member  `json:"members"`
	Messages  []*message `json:"messages"`
}

// restore returns the conversation.
func (s *savedConversation) restore() *conversation {
	c := &s.conversation
	c.customers, c.members, c.messages = s.Customers, s.Members, s.Messages
	return c
}

func (c *conversation) visibleTo(who *caller) bool {
	return slices.Contains(c.customers, who.CustomerID)
}

// lastMessageAt returns the time of the last message from the field that has it, or zero.
func (c *conversation) lastMessageAt() timestamp {
	if c.LastMessage != nil {
		return c.LastMessage.CreatedAt
	}
	return c.LastMessageAt
}

// texts yields the texts that a full-text search reads.
func (c *conversation) texts() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(c.Title) {
			return
		}
		for _, m := range c.messages {
			if m.Type == typeMessage && !yield(m.Content) {
				return
			}
		}
	}
}

func byCreation(a, b *conversation) int { return a.CreatedAt.Compare(b.CreatedAt.Time) }

// conversations holds the conversations of all customers in their newest versions.
type conversations struct {
	all  []*conversation // oldest first
	byID map[string]*conversation
}

func newConversations(initial []*conversation) *conversations {
	cs := &conversations{all: slices.Clone(initial), byID: make(map[string]*conversation, len(initial))}
	for _, c := range initial {
		cs.byID[c.ID] = c
	}
	return cs
}

func (cs *conversations) routes(rt *router) {
	rt.private("GET /v2/conversations", cs.list)
	rt.private("GET /v2/conversations/{conversationId}", cs.get)
	rt.private("GET /v2/conversations/{conversationId}/messages", cs.listMessages)
	rt.private("GET /v2/conversations/{conversationId}/members", cs.listMembers)
}

func (cs *conversations) list(c *caller, r *http.Request) (response, error) {
	q, err := parseConversationQuery(r.URL.Query())
	if err != nil {
		return response{}, err
	}
	var rows []any
	for _, conv := range q.apply(cs.visible(c)) {
		rows = append(rows, withPatch(conv, conv.Future))
	}
	return q.window.response(rows), nil
}

func (cs *conversations) get(c *caller, r *http.Request) (response, error) {
	conv, err := cs.inPath(c, r)
	if err != nil {
		return response{}, err
	}
	return response{body: withPatch(conv, conv.Future)}, nil
}

func (cs *conversations) listMembers(c *caller, r *http.Request) (response, error) {
	conv, err := cs.inPath(c, r)
	if err != nil {
		return response{}, err
	}
	members := make([]any, len(conv.members))
	for i, m := range conv.members {
		members[i] = withPatch(m, m.Future)
	}
	return response{body: members}, nil
}

// inPath returns the conversation that the path names.
func (cs *conversations) inPath(c *caller, r *http.Request) (*conversation, error) {
	id, ok := cs.idInPath(c, r)
	if !ok {
		return nil, invalid(notUUID(".conversationId"))
	}
	return cs.find(c, id)
}

// idInPath returns the ID of the conversation that the path names. Reads may name it by its short ID, as the provider's own
// command-line program does.
func (cs *conversations) idInPath(c *caller, r *http.Request) (id string, ok bool) {
	named := r.PathValue("conversationId")
	if named != "" && r.Method == http.MethodGet {
		for _, conv := range cs.visible(c) {
			if conv.ShortID == named {
				return conv.ID, true
			}
		}
	}
	return canonicalID(named)
}

// find returns a conversation. An unknown one is a 404, one of another customer a 403.
func (cs *conversations) find(c *caller, id string) (*conversation, error) {
	conv := cs.byID[id].at(time.Now())
	if conv == nil {
		return nil, errNotFound
	}
	if !conv.visibleTo(c) {
		return nil, errForbidden
	}
	return conv, nil
}

// visible returns the conversations of a caller, oldest first.
func (cs *conversations) visible(c *caller) []*conversation {
	var found []*conversation
	now := time.Now()
	for _, newest := range cs.all {
		if conv := newest.at(now); conv != nil && conv.visibleTo(c) {
			found = append(found, conv)
		}
	}
	return found
}

// add inserts a conversation, whose ID must be new.
func (cs *conversations) add(c *conversation) {
	cs.byID[c.ID] = c
	at, _ := slices.BinarySearchFunc(cs.all, c, byCreation)
	cs.all = slices.Insert(cs.all, at, c)
}

// replace makes a version of a conversation the newest. It keeps the version before for reads that do not see the newest
// yet, and drops versions that no read can see.
func (cs *conversations) replace(newest *conversation, now time.Time) {
	before := cs.byID[newest.ID]
	if newest.visibleAt.After(now) {
		newest.previous = before
	}
	if before == nil {
		cs.add(newest)
		return
	}
	if visible := before.at(now); visible != nil && visible.previous != nil {
		visible.previous = nil
	}
	cs.byID[newest.ID] = newest
	cs.all[slices.Index(cs.all, before)] = newest
}
