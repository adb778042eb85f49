package main

import (
	"time"
)

// The types of this file repeat the wire form that the sandbox serves, so that the data does not depend on the server.

// timestampLayout is the API's form of a time: RFC 3339 with milliseconds.
const timestampLayout = "2006-01-02T15:04:05.000Z07:00"

// timestamp is a point in time with the precision of the API. The zero value means no time.
type timestamp struct{ time.Time }

// MarshalJSON writes the time in UTC with three digits of milliseconds.
func (t timestamp) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(make([]byte, 0, 32), `"`+timestampLayout+`"`), nil
}

// patch holds members that the sandbox merges into a document when it serves it, as RFC 7396 describes.
type patch map[string]any

// The documented states of a conversation.
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

// conversation is a conversation in its wire form, followed by what the sandbox keeps beside it.
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

	Future      patch      `json:"future,omitempty"`
	Customers   []string   `json:"customers"` // IDs of the customers whose users may see the conversation
	Members     []*member  `json:"members"`
	Messages    []*message `json:"messages"`
	NewestFirst bool       `json:"newestFirst,omitempty"`
}

// lastActivity holds the time of the last message, and its author if known.
type lastActivity struct {
	CreatedAt timestamp `json:"createdAt"`
	CreatedBy *user     `json:"createdBy,omitempty"`
}

// reference names an object elsewhere in mStudio by domain, type and ID.
type reference struct {
	ID        string `json:"id"`
	Aggregate string `json:"aggregate"`
	Domain    string `json:"domain"`
}

// user is a conversation participant. Every field but the ID is optional.
type user struct {
	ID         string `json:"userId"`
	Name       string `json:"clearName,omitempty"`
	Active     *bool  `json:"active,omitempty"`
	IsEmployee *bool  `json:"isEmployee,omitempty"`
	AvatarID   string `json:"avatarRefId,omitempty"`
}

// member is a participant in the list of members, where active is required.
type member struct {
	ID         string `json:"userId"`
	Name       string `json:"clearName,omitempty"`
	Active     bool   `json:"active"`
	IsEmployee *bool  `json:"isEmployee,omitempty"`
	AvatarID   string `json:"avatarRefId,omitempty"`

	Future patch `json:"future,omitempty"`
}

// memberOf converts a user. A user without the active field is active.
func memberOf(u *user) *member {
	return &member{
		ID:         u.ID,
		Name:       u.Name,
		Active:     u.Active == nil || *u.Active,
		IsEmployee: u.IsEmployee,
		AvatarID:   u.AvatarID,
	}
}

// The documented message types.
const (
	typeMessage        = "MESSAGE"
	typeStatusUpdate   = "STATUS_UPDATE"
	typeServiceRequest = "SERVICE_REQUEST"
)

// The known codes of status updates. The API documents the first three as examples; the last two carry a [resubmission].
const (
	updateCreated             = "CONVERSATION_CREATED"
	updateOpen                = "STATUS_OPEN"
	updateClosed              = "STATUS_CLOSED"
	updateResubmissionCreated = "RESUBMISSION_CREATED"
	updateResubmissionMoved   = "RESUBMISSION_RESUBMIT_AT_CHANGED"
)

// message is one entry of a conversation. Status updates have no ID, only messages have an author, and Content is a code
// in every other type.
type message struct {
	ID             string    `json:"messageId,omitempty"`
	ConversationID string    `json:"conversationId"`
	Type           string    `json:"type"`
	CreatedAt      timestamp `json:"createdAt"`
	CreatedBy      *user     `json:"createdBy,omitempty"`
	Content        string    `json:"messageContent,omitempty"`
	Internal       *bool     `json:"internal,omitempty"`
	Files          []file    `json:"files,omitzero"`
	Meta           any       `json:"meta,omitempty"` // statusMeta, resubmission, relocation, mailLimit or callRequest

	Future patch `json:"future,omitempty"`
}

// statusMeta names the user who caused a status update.
type statusMeta struct {
	User *user `json:"user,omitempty"`
}

// resubmission is the meta of a status update that puts a conversation on a support group's calendar.
type resubmission struct {
	ResubmitAt   timestamp `json:"resubmitAt"`
	GroupID      string    `json:"groupId"`
	GroupAcronym string    `json:"groupAcronym"`
	GroupName    string    `json:"groupName"`
	User         *user     `json:"user,omitempty"`
}

// The documented states of a file.
const (
	fileRequested = "requested"
	fileUploaded  = "uploaded"
	fileDeleted   = "deleted"
)

// file is an attachment. A requested file was announced but not uploaded, and has neither name nor type.
type file struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"`
	Name      string    `json:"name,omitempty"`
	Type      string    `json:"type,omitempty"`
	DeletedAt timestamp `json:"deletionDate,omitzero"`
}

// category is a topic of conversations, with the types of object that a conversation of the category can refer to.
type category struct {
	ID             string   `json:"categoryId"`
	Name           string   `json:"name"`
	ReferenceTypes []string `json:"referenceType"`
}
