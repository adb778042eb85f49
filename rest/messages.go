package rest

import (
	"cmp"
	"context"
	"crypto/sha1" //nolint:gosec // for UUIDs of version 5
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"mstudio-graphql/internal/jsonscan"
)

// Message is one item of a conversation's history: a [*TextMessage], [*StatusUpdate], [*ServiceRequest] or
// [*UnknownMessage].
type Message interface {
	IsMessage()
	IsMessageItem()
	// Head returns what all kinds have in common. It must not be changed.
	Head() *MessageHead
}

// MessageItem is the same as [Message], under the name that the GraphQL interface has.
type MessageItem interface{ IsMessageItem() }

// MessageHead is what all kinds of message have in common.
type MessageHead struct {
	// ID is the API's id; where it sends none, as for status updates, a UUID that is derived from the conversation,
	// the kind, the time, the content and the position among items that are alike, so that it stays the same.
	ID             string
	ConversationID string
	CreatedAt      time.Time
	// Internal marks notes that are not meant for the customer. A value that cannot be read counts as true.
	Internal bool
}

// Head returns the receiver.
func (h *MessageHead) Head() *MessageHead { return h }

// TextMessage is what somebody wrote.
type TextMessage struct {
	MessageHead
	CreatedBy *User
	// Content is nil if there is none, for example beside a file.
	Content *Text
	Files   []File

	text Text // what Content points to, to save an allocation for each message
}

// StatusUpdate says that something happened to the conversation.
type StatusUpdate struct {
	MessageHead
	// Code is what happened, such as STATUS_CLOSED: an open set.
	Code string
	// User is who did it; nil if the API does not say it.
	User *User
	// Resubmission is nil unless the update is about one.
	Resubmission *Resubmission
}

// Resubmission says when the support looks at the conversation again, and which group does.
type Resubmission struct {
	ResubmitAt   *time.Time
	GroupID      *string
	GroupName    *string
	GroupAcronym *string
}

// UnknownMessage is of a kind that this version does not know.
type UnknownMessage struct {
	MessageHead
	RawType string
}

const messagesRoute route = "/conversations/{conversationId}/messages"

// Messages fetches the whole history of a conversation, oldest first. The API sends it in one piece and in an order
// that it does not document. No element is left out: what cannot be read is an [*UnknownMessage].
func (c *Client) Messages(ctx context.Context, conversationID string) ([]Message, error) {
	messages, _, err := get(ctx, c, messagesRoute, []string{conversationID}, nil, func(d *decoder) []Message {
		return readMessages(d, strings.ToLower(conversationID))
	})
	return messages, err
}

// usualMessage is about how many bytes of a document a short message takes.
const usualMessage = 400

// readMessages reads a history. An item that does not say which conversation it belongs to belongs to the one asked
// for, which must be known before ids are derived: the same thing can happen to two conversations at once.
func readMessages(d *decoder, conversationID string) []Message {
	messages := make([]Message, 0, len(d.Data)/usualMessage)
	var ids idMaker
	d.require(d.array(func() {
		item := d.messageFields()
		item.ConversationID = cmp.Or(item.ConversationID, conversationID)
		if item.ID == "" {
			item.ID = ids.derive(&item)
		}
		item.claimFiles()
		messages = append(messages, item.build(d))
	}))
	oldestFirst(messages)
	return messages
}

// oldestFirst sorts by time. Items of the same time keep the order that the API sends them in, turned round if it
// sends the newest first.
func oldestFirst(messages []Message) {
	if len(messages) > 1 && messages[0].Head().CreatedAt.After(messages[len(messages)-1].Head().CreatedAt) {
		slices.Reverse(messages)
	}
	if !slices.IsSortedFunc(messages, byTime) {
		slices.SortStableFunc(messages, byTime)
	}
}

func byTime(a, b Message) int { return a.Head().CreatedAt.Compare(b.Head().CreatedAt) }

// messageFields is an item of any kind. It is decoded whole before its kind is looked at, because type may be the
// last member.
type messageFields struct {
	MessageHead
	kind      string
	content   Text
	written   bool // whether there is a content at all
	createdBy *User
	files     []File
	meta      []byte
}

func (d *decoder) messageFields() messageFields {
	item := messageFields{files: []File{}}
	item.CreatedAt = Epoch()
	d.object(func(name []byte) { d.messageField(&item, name) })
	return item
}

func (d *decoder) messageField(item *messageFields, name []byte) {
	switch string(name) {
	case "messageId":
		item.ID = d.string()
	case "conversationId":
		item.ConversationID = d.string()
	case "createdAt":
		item.CreatedAt = d.timeOrEpoch()
	case "internal":
		item.Internal = d.internal()
	case "type":
		item.kind = d.string()
	case "messageContent":
		item.content, item.written = d.text()
	case "createdBy":
		item.createdBy = d.user()
	case "files":
		item.files = d.files()
	case "meta":
		item.meta = d.Raw()
	default:
		d.Skip()
	}
}

// internal reads whether an item is not meant for the customer. What is neither true nor false nor absent counts as
// true: it is better to hide a message than to show a note of the support to a customer.
func (d *decoder) internal() bool {
	if d.Err == nil && d.Next() == jsonscan.Null {
		d.Skip()
		return false
	}
	value, ok := d.bool()
	return value || !ok
}

// claimFiles tells the files where they belong, which they are not sent with.
func (f *messageFields) claimFiles() {
	for _, attached := range f.files {
		if uploaded, ok := attached.(*UploadedFile); ok {
			uploaded.ConversationID = f.ConversationID
		}
	}
}

// build makes the item's own type from its fields.
func (f *messageFields) build(d *decoder) Message {
	switch f.kind {
	case "MESSAGE":
		return f.textMessage(d)
	case "STATUS_UPDATE":
		return f.statusUpdate(d)
	case "SERVICE_REQUEST":
		return f.serviceRequest(d)
	default:
		d.report("Message", f.kind)
		return &UnknownMessage{MessageHead: f.MessageHead, RawType: f.kind}
	}
}

func (f *messageFields) textMessage(d *decoder) *TextMessage {
	message := alloc[TextMessage](d)
	*message = TextMessage{MessageHead: f.MessageHead, CreatedBy: f.createdBy, Files: f.files, text: f.content}
	if f.written {
		message.Content = &message.text
	}
	return message
}

func (f *messageFields) statusUpdate(d *decoder) *StatusUpdate {
	update := &StatusUpdate{MessageHead: f.MessageHead, Code: f.content.String()}
	resubmission := &Resubmission{}
	if f.meta == nil {
		return update
	}
	d.within(f.meta, func() {
		d.object(func(name []byte) {
			if string(name) == "user" {
				update.User = d.user()
			} else {
				d.resubmissionField(resubmission, name)
			}
		})
	})
	if *resubmission != (Resubmission{}) {
		update.Resubmission = resubmission
	}
	return update
}

func (d *decoder) resubmissionField(resubmission *Resubmission, name []byte) {
	switch string(name) {
	case "resubmitAt":
		resubmission.ResubmitAt = d.time()
	case "groupId":
		resubmission.GroupID = d.optionalString()
	case "groupName":
		resubmission.GroupName = d.optionalString()
	case "groupAcronym":
		resubmission.GroupAcronym = d.optionalString()
	default:
		d.Skip()
	}
}

// idMaker derives ids for those items of one history that have none: UUIDs of version 5, in a namespace that is the
// conversation.
type idMaker struct {
	conversationID string
	namespace      uuid.UUID
	seen           map[string]int
}

// derive returns the id of an item. The ordinal tells items apart that are alike in everything.
func (m *idMaker) derive(item *messageFields) string {
	if m.seen == nil || m.conversationID != item.ConversationID {
		m.conversationID = item.ConversationID
		m.namespace = nameID(append(uuid.NameSpaceOID[:], item.ConversationID...))
	}
	if m.seen == nil {
		m.seen = map[string]int{}
	}
	var space [256]byte
	facts := append(space[:0], m.namespace[:]...)
	facts = append(append(facts, item.kind...), 0)
	facts = append(item.CreatedAt.AppendFormat(facts, time.RFC3339Nano), 0)
	facts = append(facts, item.content.String()...)
	ordinal := m.seen[string(facts)]
	m.seen[string(facts)] = ordinal + 1
	facts = strconv.AppendInt(append(facts, 0), int64(ordinal), 10)
	return nameID(facts).String()
}

// nameID is uuid.NewSHA1 for a namespace and a name that are in one piece, without its allocations.
func nameID(namespaceAndName []byte) uuid.UUID {
	sum := sha1.Sum(namespaceAndName) //nolint:gosec // what a UUID of version 5 is made of; it hides nothing
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x50 // version 5
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return id
}
