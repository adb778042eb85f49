package rest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"mstudio-graphql/internal/jsonscan"
)

// Message is an item of a conversation's history: a [*TextMessage], [*StatusUpdate], [*ServiceRequest] or
// [*UnknownMessage].
type Message interface {
	IsMessage()
	IsMessageItem()
	// Head returns the fields that all types have. Callers must not change it.
	Head() *MessageHead
}

// MessageItem is [Message] under the name of the GraphQL interface.
type MessageItem interface{ IsMessageItem() }

// TextMessage is a written message.
type TextMessage struct {
	MessageHead
	CreatedBy *User
	// Content is nil if there is no text, for example in a message that has only files.
	Content *Text
	Files   []File

	text Text // the target of Content, to save an allocation
}

// StatusUpdate is an event of the conversation.
type StatusUpdate struct {
	MessageHead
	// Code names the event, such as STATUS_CLOSED. The set of codes is open.
	Code string
	// User is the user who caused the event; nil if mStudio omits it.
	User *User
	// Resubmission is nil unless the event is about one.
	Resubmission *Resubmission
}

// Resubmission is the time at which a group of the support team returns to the conversation.
type Resubmission struct {
	ResubmitAt   *time.Time
	GroupID      *string
	GroupName    *string
	GroupAcronym *string
}

// UnknownMessage is a message of an unknown type.
type UnknownMessage struct {
	MessageHead
	RawType string
}

const messagesRoute route = "/conversations/{conversationId}/messages"

// Messages fetches the whole history of a conversation, oldest first. mStudio sends it in one response, in an undocumented
// order. No element is left out: an unreadable one becomes an [*UnknownMessage]. A message of another conversation shows
// that the whole response is another one's, and so does an invalid ID unless another message has the right one.
func (c *Client) Messages(ctx context.Context, conversationID string) ([]Message, error) {
	messages, _, err := get(ctx, c, messagesRoute, []string{conversationID}, nil, func(d *decoder) []Message {
		messages := readMessages(d, strings.ToLower(conversationID))
		for _, message := range messages {
			d.require(strings.EqualFold(message.Head().ConversationID, conversationID))
		}
		ids := perType[conversationIDs](d)
		d.require(ids.invalid == 0 || ids.matching > 0)
		return messages
	})
	return messages, err
}

// usualMessage is the approximate size of a short message, in bytes.
const usualMessage = 400

// readMessages reads a history. conversationID is the conversation of items without a valid ID of a conversation. It must be known
// before IDs are derived, because two conversations may have the same event at the same time.
func readMessages(d *decoder, conversationID string) []Message {
	messages := make([]Message, 0, len(d.Data)/usualMessage)
	var ids idMaker
	d.require(d.array(func() {
		item := d.messageFields()
		d.ownConversation(&item, conversationID)
		if item.ID == "" {
			item.ID = ids.derive(&item)
		}
		item.claimFiles()
		messages = append(messages, item.build(d))
	}))
	oldestFirst(messages)
	return messages
}

// conversationIDs counts the items of a history by their conversation's ID.
type conversationIDs struct{ matching, invalid int }

// ownConversation sets the conversation of an item that has no valid ID of one. Another conversation's ID stays.
func (d *decoder) ownConversation(item *messageFields, conversationID string) {
	ids := perType[conversationIDs](d)
	switch {
	case strings.EqualFold(item.ConversationID, conversationID):
		ids.matching++
		return
	case isID(item.ConversationID):
		return
	case item.ConversationID != "":
		ids.invalid++
		d.note(DriftID, "Message.conversationId")
	}
	item.ConversationID = conversationID
}

// oldestFirst sorts by time. Items with the same time keep the order in which mStudio sends them, reversed if it sends the
// newest first.
func oldestFirst(messages []Message) {
	if slices.ContainsFunc(messages, isUndated) {
		sortUndated(messages)
		return
	}
	if len(messages) > 1 && messages[0].Head().CreatedAt.After(messages[len(messages)-1].Head().CreatedAt) {
		slices.Reverse(messages)
	}
	if !slices.IsSortedFunc(messages, byTime) {
		slices.SortStableFunc(messages, byTime)
	}
}

func isUndated(message Message) bool { return KnownTime(message.Head().CreatedAt) == nil }

// sortUndated is oldestFirst for a history with items whose time is absent or invalid. They follow the item that precedes
// them in the document, because 1970 is not their time.
func sortUndated(messages []Message) {
	dated := slices.DeleteFunc(slices.Clone(messages), isUndated)
	if len(dated) > 1 && byTime(dated[0], dated[len(dated)-1]) > 0 {
		slices.Reverse(messages)
	}
	var last time.Time
	places := make(map[Message]time.Time, len(messages))
	for _, message := range messages {
		if !isUndated(message) {
			last = message.Head().CreatedAt
		}
		places[message] = last
	}
	slices.SortStableFunc(messages, func(a, b Message) int { return places[a].Compare(places[b]) })
}

func byTime(a, b Message) int { return a.Head().CreatedAt.Compare(b.Head().CreatedAt) }

// messageFields holds the members of an item of any type. All of them are decoded before the type is known, because
// type may be the last one.
type messageFields struct {
	MessageHead
	kind      string
	content   Text
	written   bool // whether the item has a content
	createdBy *User
	files     []File
	meta      []byte // an object; nil if it is absent or no object
}

func (d *decoder) messageFields() messageFields {
	item := messageFields{files: []File{}}
	item.CreatedAt = Epoch()
	start := d.start()
	ok := d.object("Message", func(name []byte) { d.messageField(&item, name) })
	d.settleRow(ok, "Message")
	if ok && item.isIncomplete() {
		d.missing("Message", start, item.required()...)
	}
	return item
}

// isIncomplete reports whether a required member may be missing.
func (f *messageFields) isIncomplete() bool {
	return f.kind == "" || f.ConversationID == "" || isUnixZero(f.CreatedAt) ||
		f.ID == "" && f.kind != "STATUS_UPDATE" || !f.written && f.kind != "MESSAGE"
}

// required returns the required members of the item's type.
func (f *messageFields) required() []string {
	required := []string{"type", "conversationId", "createdAt"}
	switch f.kind {
	case "MESSAGE":
		return append(required, "messageId")
	case "STATUS_UPDATE":
		return append(required, "messageContent")
	case "SERVICE_REQUEST":
		return append(required, "messageId", "messageContent")
	}
	return required
}

func (d *decoder) messageField(item *messageFields, name []byte) {
	switch string(name) {
	case "messageId":
		item.ID = d.id()
	case "conversationId":
		item.ConversationID = d.id()
	case "createdAt":
		item.CreatedAt = d.timeOrEpoch()
	case "internal":
		item.IsInternal, item.IsDoubtful = d.internal()
	case "type":
		item.kind = d.string()
	case "messageContent":
		item.content, item.written = d.text()
	case "createdBy":
		item.createdBy = d.user()
	case "files":
		item.files = d.files()
	case "meta":
		if d.is(jsonscan.Object) {
			item.meta = d.Raw()
		}
	default:
		d.Skip()
	}
}

// internal reads whether an item is internal. An invalid value is true, because hiding a message does less harm than
// showing an internal note to a customer.
func (d *decoder) internal() (value, isDoubtful bool) {
	if d.Err == nil && d.Next() == jsonscan.Null {
		d.Skip()
		return false, false
	}
	value, ok := d.bool()
	return value || !ok, !ok
}

// claimFiles sets the conversation of the files, which mStudio omits.
func (f *messageFields) claimFiles() {
	for _, attached := range f.files {
		if uploaded, ok := attached.(*UploadedFile); ok {
			uploaded.ConversationID = f.ConversationID
		}
	}
}

// build returns the message of the item's own type.
func (f *messageFields) build(d *decoder) Message {
	switch f.kind {
	case "MESSAGE":
		return f.textMessage(d)
	case "STATUS_UPDATE":
		return f.statusUpdate(d)
	case "SERVICE_REQUEST":
		return f.serviceRequest(d)
	default:
		d.noteValue(DriftTag, "Message", f.kind)
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
		d.object("StatusUpdate", func(name []byte) {
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
		resubmission.ResubmitAt = optional(d.time())
	case "groupId":
		resubmission.GroupID = optional(d.anyText())
	case "groupName":
		resubmission.GroupName = optional(d.anyText())
	case "groupAcronym":
		resubmission.GroupAcronym = optional(d.anyText())
	default:
		d.Skip()
	}
}

// idMaker derives IDs for the items of one history that have none. They are UUIDs of version 5 in a namespace for the
// conversation.
type idMaker struct {
	conversationID string
	namespace      uuid.UUID
	seen           map[string]int
}

// derive returns the ID of an item. The ordinal distinguishes identical items.
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
