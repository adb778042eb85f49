// Package wire holds mStudio's documents as structs for encoding/json, for the textbook.
package wire

import (
	"cmp"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// User is a participant of conversations.
type User struct {
	ID         string  `json:"userId"`
	Name       *string `json:"clearName"`
	IsEmployee *bool   `json:"isEmployee"`
	Active     *bool   `json:"active"`
}

// Reference is a reference to an object of another domain.
type Reference struct {
	ID        string `json:"id"`
	Domain    string `json:"domain"`
	Aggregate string `json:"aggregate"`
}

// Category is a topic of conversations.
type Category struct {
	ID   string `json:"categoryId"`
	Name string `json:"name"`
}

// LastMessage describes the newest message. mStudio has older members for the same purpose.
type LastMessage struct {
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy *User     `json:"createdBy"`
}

// Conversation is a conversation without its messages.
type Conversation struct {
	ID            string       `json:"conversationId"`
	ShortID       string       `json:"shortId"`
	Title         string       `json:"title"`
	Status        string       `json:"status"`
	Visibility    string       `json:"visibility"`
	CreatedAt     time.Time    `json:"createdAt"`
	CreatedBy     *User        `json:"createdBy"`
	MainUser      *User        `json:"mainUser"`
	Category      *Category    `json:"category"`
	RelatedTo     *Reference   `json:"relatedTo"`
	LastMessage   *LastMessage `json:"lastMessage"`
	LastMessageAt *time.Time   `json:"lastMessageAt"`
	LastMessageBy *User        `json:"lastMessageBy"`
}

// Last returns LastMessage, with gaps filled from the older members. It returns nil if all are missing.
func (c *Conversation) Last() *LastMessage {
	if c.LastMessage == nil && c.LastMessageAt == nil {
		return nil
	}
	var last LastMessage
	if c.LastMessage != nil {
		last = *c.LastMessage
	}
	if last.CreatedAt.IsZero() && c.LastMessageAt != nil {
		last.CreatedAt = *c.LastMessageAt
	}
	last.CreatedBy = cmp.Or(last.CreatedBy, c.LastMessageBy)
	return &last
}

// File is an attachment.
type File struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Name   string `json:"name"`
	Type   string `json:"type"`
}

// Message is a message of any kind.
type Message struct {
	ID             string    `json:"messageId"`
	ConversationID string    `json:"conversationId"`
	Type           string    `json:"type"`
	CreatedAt      time.Time `json:"createdAt"`
	Internal       bool      `json:"internal"`
	Content        *string   `json:"messageContent"`
	CreatedBy      *User     `json:"createdBy"`
	Files          []File    `json:"files"`
}

// IDs derives missing IDs of messages in one conversation like the gateway.
type IDs struct {
	conversation uuid.UUID
	ready        bool
	seen         map[string]int
}

// Derive returns the ID of the next message without an ID. at is its time in UTC in RFC 3339, without trailing zeros.
func (d *IDs) Derive(conversationID, kind, at, content string) string {
	if !d.ready {
		d.conversation = uuid.NewSHA1(uuid.NameSpaceOID, []byte(conversationID))
		d.seen = map[string]int{}
		d.ready = true
	}
	facts := kind + "\x00" + at + "\x00" + content
	ordinal := d.seen[facts]
	d.seen[facts]++
	return uuid.NewSHA1(d.conversation, []byte(facts+"\x00"+strconv.Itoa(ordinal))).String()
}

// The following tables are the gateway's, reduced to values that the shapes select.

// Status returns the schema's spelling of a conversation's status.
func Status(raw string) string {
	switch raw {
	case "open":
		return "OPEN"
	case "answered":
		return "ANSWERED"
	case "inProgress":
		return "IN_PROGRESS"
	case "waiting":
		return "WAITING"
	case "closed":
		return "CLOSED"
	}
	return "UNKNOWN"
}

// RequestKind returns the schema's spelling of a service request's kind.
func RequestKind(raw string) string {
	switch raw {
	case "relocation":
		return "RELOCATION"
	case "call":
		return "CALL"
	case "mailSendLimitIncrease":
		return "MAIL_SEND_LIMIT_INCREASE"
	}
	return "UNKNOWN"
}

// FileType returns the schema's type and state for an attachment's status.
func FileType(status string) (typename, state string) {
	switch status {
	case "requested":
		return "RequestedFile", "REQUESTED"
	case "uploaded":
		return "UploadedFile", "UPLOADED"
	case "deleted":
		return "DeletedFile", "DELETED"
	}
	return "UnknownFile", "UNKNOWN"
}

// ReferenceType returns the schema's type for a reference.
func ReferenceType(domain, aggregate string) string {
	switch domain + "/" + aggregate {
	case "user/user":
		return "User"
	case "customer/customer":
		return "Customer"
	case "project/project":
		return "Project"
	case "app/appinstallation":
		return "AppInstallation"
	case "project/placementgroup":
		return "PlacementGroup"
	case "extension/extensionInstance":
		return "ExtensionInstance"
	case "container/container":
		return "Container"
	}
	return "UnknownReference"
}
