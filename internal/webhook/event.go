package webhook

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"mstudio-graphql/internal/base64url"
)

// Types of webhooks.
const (
	conversationAdded   = "conversation.added"
	conversationChanged = "conversation.changed"
	conversationRemoved = "conversation.removed"
	messageAdded        = "message.added"
)

// payload is the body of a webhook.
type payload struct {
	Type string `json:"type"`
	// Timestamp is the time of the message, or that when the change was found.
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

// data describes the conversation as it is now. Only its ID is known of a removed one.
type data struct {
	ConversationID string       `json:"conversationId"`
	ShortID        string       `json:"shortId,omitempty"`
	Status         string       `json:"status,omitempty"`
	Title          *string      `json:"title,omitempty"` // nil without content
	LastMessage    *lastMessage `json:"lastMessage,omitempty"`
	Message        *message     `json:"message,omitempty"` // nil unless one was added
}

type lastMessage struct {
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy *author   `json:"createdBy"`
}

type author struct {
	ID         string `json:"id"`
	IsEmployee *bool  `json:"isEmployee"`
}

type message struct {
	Type       string    `json:"type"`
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"createdAt"`
	CreatedBy  *author   `json:"createdBy"`
	IsInternal bool      `json:"isInternal,omitempty"`
	Content    *string   `json:"content,omitempty"` // nil without content
}

// isReported reports whether the message is an event. A status update is an event of the conversation instead.
func (m message) isReported() bool { return !m.IsInternal && m.Type != "StatusUpdate" }

// conversation has the fields that cost no call, and the history if it was selected.
type conversation struct {
	ID                   string       `json:"id"`
	ShortID              string       `json:"shortId"`
	Title                string       `json:"title"`
	Status               string       `json:"status"`
	RawStatus            string       `json:"rawStatus"`
	RawVisibility        string       `json:"rawVisibility"`
	RawNotificationRoles []string     `json:"rawNotificationRoles"`
	Category             *object      `json:"category"`
	MainUser             *object      `json:"mainUser"`
	RelatedTo            *object      `json:"relatedTo"`
	SharedWith           *object      `json:"sharedWith"`
	LastMessage          *lastMessage `json:"lastMessage"`
	Messages             *struct {
		Nodes []message `json:"nodes"`
	} `json:"messages"`
}

type object struct {
	ID string `json:"id"`
}

func (o *object) id() string {
	if o == nil {
		return ""
	}
	return o.ID
}

// hash identifies the values of the fields. State files hold it: if its input changes, the next start reports every
// conversation as changed. The newest message is not part of it, because messages have their own events.
func (c *conversation) hash() string {
	return digest(c.RawStatus, c.Title, c.RawVisibility, c.Category.id(), c.MainUser.id(), c.RelatedTo.id(), c.SharedWith.id(),
		strings.Join(c.RawNotificationRoles, ","))
}

// digest returns the first half of a hash of the texts.
func digest(texts ...string) string {
	var all strings.Builder
	for _, text := range texts {
		all.WriteString(strconv.Quote(text))
	}
	sum := sha256.Sum256([]byte(all.String()))
	return base64url.Encode(sum[:16])
}

// isBehind reports whether the history lacks the newest message.
func (c *conversation) isBehind(known entry) bool {
	return c.LastMessage != nil && c.LastMessage.CreatedAt.After(known.Newest)
}

// observe queues events for the changes of a conversation. It reports whether its history includes the newest message.
func (w *watch) observe(c *conversation) (complete bool) {
	before := w.entryOf(w.expected, c.ID)
	after := before
	if hash := c.hash(); hash != before.Hash {
		kind := conversationChanged
		if before.Hash == "" {
			kind = conversationAdded
		}
		after.Hash, after.IsOffered, after.Changes = hash, false, before.Changes+1
		w.push(w.newEvent(kind, c, nil, after))
	}
	if c.Messages != nil {
		for _, m := range c.Messages.Nodes {
			if !m.CreatedAt.After(before.Newest) {
				continue
			}
			after.Newest = m.CreatedAt
			if m.isReported() {
				w.push(w.newEvent(messageAdded, c, &m, after))
			}
		}
	}
	w.expect(c.ID, after)
	return !c.isBehind(after)
}

// remove queues the event for a conversation that is not in the list.
func (w *watch) remove(id string) {
	known := w.expected[id]
	if known.Hash == "" && !known.IsOffered {
		return
	}
	known.Hash, known.IsOffered, known.Changes = "", false, known.Changes+1
	w.push(w.newEvent(conversationRemoved, &conversation{ID: id}, nil, known))
	w.expect(id, known)
}

// newEvent returns an event. The same change has the same ID after a restart.
func (w *watch) newEvent(kind string, c *conversation, m *message, after entry) *event {
	now := time.Now()
	body := payload{Type: kind, Timestamp: now.UTC(), Data: data{
		ConversationID: c.ID, ShortID: c.ShortID, Status: c.Status, LastMessage: c.LastMessage, Message: m,
	}}
	id := digest(kind, c.ID, after.Hash, strconv.Itoa(after.Changes))
	if m != nil {
		if !w.Content {
			m.Content = nil
		}
		body.Timestamp, id = m.CreatedAt, digest(kind, c.ID, m.ID)
	}
	if w.Content && kind != conversationRemoved {
		body.Data.Title = &c.Title
	}
	text, _ := json.Marshal(body) //nolint:errchkjson // its times were read from JSON
	return &event{id: "msg_" + id, kind: kind, conversation: c.ID, body: text, after: after, due: now}
}
