package rest

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/go-faster/jx"
	"github.com/google/uuid"
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
	// Internal marks notes that are not meant for the customer.
	Internal bool
}

// Head returns the receiver.
func (h *MessageHead) Head() *MessageHead { return h }

// TextMessage is what somebody wrote.
type TextMessage struct {
	MessageHead
	CreatedBy *User
	// Content is nil if there is none, for example beside a file.
	Content *string
	Files   []File
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
	messages, _, err := get(ctx, c, messagesRoute, []string{conversationID}, nil, readMessages)
	if err != nil {
		return nil, err
	}
	for _, message := range messages {
		head := message.Head()
		head.ConversationID = cmp.Or(head.ConversationID, conversationID)
	}
	return messages, nil
}

func readMessages(d *decoder) []Message {
	items := []*messageFields{}
	isArray := d.array(func() { items = append(items, d.messageFields()) })
	if !isArray && d.err == nil {
		d.err = errShape
	}
	deriveIDs(items)
	messages := make([]Message, 0, len(items))
	for _, item := range items {
		messages = append(messages, item.build(d))
	}
	oldestFirst(messages)
	return messages
}

// oldestFirst sorts by time. Items of the same time keep the order that the API sends them in, turned round if it
// sends the newest first.
func oldestFirst(messages []Message) {
	if len(messages) > 1 && messages[0].Head().CreatedAt.After(messages[len(messages)-1].Head().CreatedAt) {
		slices.Reverse(messages)
	}
	slices.SortStableFunc(messages, func(a, b Message) int { return a.Head().CreatedAt.Compare(b.Head().CreatedAt) })
}

// messageFields is an item of any kind. It is decoded whole before its kind is looked at, because type may be the
// last member.
type messageFields struct {
	MessageHead
	kind      string
	content   *string
	createdBy *User
	files     []File
	meta      jx.Raw
}

func (d *decoder) messageFields() *messageFields {
	item := &messageFields{files: []File{}}
	item.CreatedAt = Epoch()
	d.object(func(name []byte) { d.messageField(item, name) })
	return item
}

func (d *decoder) messageField(item *messageFields, name []byte) {
	switch string(name) {
	case "messageId":
		item.ID = d.str()
	case "conversationId":
		item.ConversationID = d.str()
	case "createdAt":
		item.CreatedAt = d.timeOrEpoch()
	case "internal":
		internal := d.boolean()
		item.Internal = internal != nil && *internal
	case "type":
		item.kind = d.str()
	case "messageContent":
		item.content = d.optionalStr()
	case "createdBy":
		item.createdBy = d.user()
	case "files":
		item.files = d.files()
	case "meta":
		item.meta = d.raw()
	default:
		d.skip()
	}
}

// build makes the item's own type from its fields.
func (f *messageFields) build(d *decoder) Message {
	switch f.kind {
	case "MESSAGE":
		return &TextMessage{MessageHead: f.MessageHead, CreatedBy: f.createdBy, Content: f.content, Files: f.files}
	case "STATUS_UPDATE":
		return f.statusUpdate(d)
	case "SERVICE_REQUEST":
		return f.serviceRequest(d)
	default:
		return &UnknownMessage{MessageHead: f.MessageHead, RawType: f.kind}
	}
}

// code is the content where it says what kind of update or request this is.
func (f *messageFields) code() string {
	if f.content == nil {
		return ""
	}
	return *f.content
}

func (f *messageFields) statusUpdate(d *decoder) *StatusUpdate {
	update := &StatusUpdate{MessageHead: f.MessageHead, Code: f.code()}
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
		resubmission.GroupID = d.optionalStr()
	case "groupName":
		resubmission.GroupName = d.optionalStr()
	case "groupAcronym":
		resubmission.GroupAcronym = d.optionalStr()
	default:
		d.skip()
	}
}

// deriveIDs gives an id to each item that has none.
func deriveIDs(items []*messageFields) {
	seen := map[string]int{}
	for _, item := range items {
		if item.ID != "" {
			continue
		}
		facts := item.kind + "\x00" + item.CreatedAt.Format(time.RFC3339Nano) + "\x00" + item.code()
		ordinal := seen[facts]
		seen[facts]++
		conversation := uuid.NewSHA1(uuid.NameSpaceOID, []byte(item.ConversationID))
		item.ID = uuid.NewSHA1(conversation, []byte(facts+"\x00"+strconv.Itoa(ordinal))).String()
	}
}
