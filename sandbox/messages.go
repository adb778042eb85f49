package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
)

// The message types that the sandbox itself reads or writes.
const (
	typeMessage      = "MESSAGE"
	typeStatusUpdate = "STATUS_UPDATE"
)

// updateCreated is the code of the first status update.
const updateCreated = "CONVERSATION_CREATED"

// message is one entry of a conversation. Status updates have no ID, only messages have an author, and Content is a code
// in every other type.
type message struct {
	ID             string          `json:"messageId,omitempty"`
	ConversationID string          `json:"conversationId"`
	Type           string          `json:"type"`
	CreatedAt      timestamp       `json:"createdAt"`
	CreatedBy      *user           `json:"createdBy,omitempty"`
	Content        string          `json:"messageContent,omitempty"`
	Internal       *bool           `json:"internal,omitempty"`
	Files          []file          `json:"files,omitzero"`
	Meta           json.RawMessage `json:"meta,omitempty"` // its form depends on Type and Content

	Future patch `json:"future,omitempty"`
}

// fileUploaded is the only state of a file that can be downloaded.
const fileUploaded = "uploaded"

// file is an attachment. A requested file was announced but not uploaded, and has neither name nor type.
type file struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"`
	Name      string    `json:"name,omitempty"`
	Type      string    `json:"type,omitempty"`
	DeletedAt timestamp `json:"deletionDate,omitzero"`
}

// newStatusUpdate returns a status update that a user caused.
func newStatusUpdate(conversationID string, at timestamp, code string, by *user) *message {
	meta, _ := encode(map[string]*user{"user": by}) // a user always encodes
	return &message{ConversationID: conversationID, Type: typeStatusUpdate, CreatedAt: at, Content: code, Meta: meta}
}

// shuffleSeed seeds the order of messages.
const shuffleSeed = 20260821

// listMessages returns messages in random order, because the API documents none. It documents no 400 either: any other
// text than an ID is not found.
func (cs *conversations) listMessages(c *caller, r *http.Request) (response, error) {
	id, _ := cs.idInPath(c, r)
	conv, err := cs.find(c, id)
	if err != nil {
		return response{}, err
	}
	messages := make([]any, len(conv.messages))
	for i, m := range conv.messages {
		messages[i] = withPatch(m, m.Future)
	}
	shuffle := rand.New(rand.NewPCG(shuffleSeed, uint64(id[0])))
	shuffle.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
	return response{body: messages}, nil
}

// attachment returns a file of the conversation, or nil.
func (c *conversation) attachment(id string) *file {
	for _, m := range c.messages {
		for i := range m.Files {
			if m.Files[i].ID == id {
				return &m.Files[i]
			}
		}
	}
	return nil
}
