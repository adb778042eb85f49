package sandbox

import (
	"net/http"
	"slices"
)

// The documented types of what a conversation holds.
const (
	typeMessage        = "MESSAGE"
	typeStatusUpdate   = "STATUS_UPDATE"
	typeServiceRequest = "SERVICE_REQUEST"
)

// The known codes of status updates. The first three are examples of an open set, the last two carry a [resubmission].
const (
	updateCreated             = "CONVERSATION_CREATED"
	updateOpen                = "STATUS_OPEN"
	updateClosed              = "STATUS_CLOSED"
	updateResubmissionCreated = "RESUBMISSION_CREATED"
	updateResubmissionMoved   = "RESUBMISSION_RESUBMIT_AT_CHANGED"
)

// The documented kinds of service requests; each has its own meta.
const (
	requestRelocation = "relocation"
	requestCall       = "call"
	requestMailLimit  = "mailSendLimitIncrease"
)

// message is one entry of a conversation. Which fields are set depends on Type: status updates have no ID, only
// messages have an author, and Content is a code in everything but messages.
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

	future patch
}

// The documented states of a file.
const (
	fileRequested = "requested"
	fileUploaded  = "uploaded"
	fileDeleted   = "deleted"
)

// file is an attachment. A requested file was announced, but never uploaded: it has no name and no type.
type file struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"`
	Name      string    `json:"name,omitempty"`
	Type      string    `json:"type,omitempty"`
	DeletedAt timestamp `json:"deletionDate,omitzero"`
}

// statusMeta says who caused a status update.
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

// callRequest is the meta of a request to be called: the API documents that it exists, but nothing in it.
type callRequest struct{}

// mailLimit is the meta of a request for a higher sending limit.
type mailLimit struct {
	MailAddressID string `json:"mailAddressId"`
	RateLimitID   string `json:"rateLimitId"`
}

// listMessages knows no 400: an id that is no UUID is just not found.
func (s *Sandbox) listMessages(c *caller, r *http.Request) (answer, error) {
	id, _ := canonicalID(r.PathValue("conversationId"))
	conv, err := s.store.conversation(c, id)
	if err != nil {
		return answer{}, err
	}
	messages := make([]any, len(conv.messages))
	for i, m := range conv.messages {
		messages[i] = withPatch(m, m.future)
	}
	if conv.newestFirst {
		slices.Reverse(messages)
	}
	return answer{body: messages}, nil
}
