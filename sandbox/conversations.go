package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// The documented states of a conversation. Lists can be filtered by the first two only.
const (
	statusOpen       = "open"
	statusClosed     = "closed"
	statusAnswered   = "answered"
	statusInProgress = "inProgress"
	statusWaiting    = "waiting"
)

// The documented visibilities of a conversation.
const (
	visibilityShared  = "shared"
	visibilityPrivate = "private"
)

// conversation is a support conversation with everything that belongs to it. The tagged fields are its public form.
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

	customers   []string // ids of the customers whose users may see the conversation
	messages    []*message
	members     []*member
	newestFirst bool // messages are listed newest first; the API documents no order
	future      patch

	visibleAt time.Time     // from when on reads see this version; the zero time if always
	previous  *conversation // the version before, while reads may still see it
}

// at returns the version that reads see at a time, nil if they see none yet.
func (c *conversation) at(now time.Time) *conversation {
	for c != nil && c.visibleAt.After(now) {
		c = c.previous
	}
	return c
}

// lastActivity says when the last message was written, and by whom if that is known.
type lastActivity struct {
	CreatedAt timestamp `json:"createdAt"`
	CreatedBy *user     `json:"createdBy,omitempty"`
}

// reference points to something elsewhere in the mStudio: a domain, a type in that domain, an id.
type reference struct {
	ID        string `json:"id"`
	Aggregate string `json:"aggregate"`
	Domain    string `json:"domain"`
}

// clone copies the conversation and its messages, but not what they point to.
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

func (c *conversation) seenBy(who *caller) bool {
	return slices.Contains(c.customers, who.customerID)
}

// lastMessageAt is the time of the last message from whichever field holds it, or zero.
func (c *conversation) lastMessageAt() timestamp {
	if c.LastMessage != nil {
		return c.LastMessage.CreatedAt
	}
	return c.LastMessageAt
}

func byCreation(a, b *conversation) int { return a.CreatedAt.Compare(b.CreatedAt.Time) }

func (s *Sandbox) listConversations(c *caller, r *http.Request) (answer, error) {
	q, err := parseListQuery(r.URL.Query())
	if err != nil {
		return answer{}, err
	}
	found := q.apply(s.store.visible(c))
	rows := make([]any, 0, min(q.limit, len(found)))
	for _, conv := range q.page(found) {
		rows = append(rows, withPatch(conv, conv.future))
	}
	return answer{body: rows, header: q.header(len(found))}, nil
}

func (q listQuery) header(total int) http.Header {
	h := make(http.Header)
	h.Set("X-Pagination-Limit", strconv.Itoa(q.limit))
	h.Set("X-Pagination-Skip", strconv.Itoa(q.skip))
	h.Set("X-Pagination-Page", strconv.Itoa(q.pageNumber()))
	h.Set("X-Pagination-TotalCount", strconv.Itoa(total))
	return h
}

func (s *Sandbox) getConversation(c *caller, r *http.Request) (answer, error) {
	conv, err := s.conversationOf(c, r)
	if err != nil {
		return answer{}, err
	}
	return answer{body: withPatch(conv, conv.future)}, nil
}

func (s *Sandbox) listMembers(c *caller, r *http.Request) (answer, error) {
	conv, err := s.conversationOf(c, r)
	if err != nil {
		return answer{}, err
	}
	members := make([]any, len(conv.members))
	for i, m := range conv.members {
		members[i] = withPatch(m, m.future)
	}
	return answer{body: members}, nil
}

// conversationOf finds the conversation that a path names.
func (s *Sandbox) conversationOf(c *caller, r *http.Request) (*conversation, error) {
	id, ok := canonicalID(r.PathValue("conversationId"))
	if !ok {
		return nil, invalid(notUUID(".conversationId"))
	}
	return s.store.conversation(c, id)
}
