package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// maxText is the maximum length of a message, in characters.
const maxText = 8000

func (wr *writer) messageRoutes(rt *router) {
	rt.write("POST /v2/conversations/{conversationId}/messages", wr.changing(http.StatusCreated, wr.createMessage))
	rt.write("PATCH /v2/conversations/{conversationId}/messages/{messageId}", wr.changing(http.StatusOK, wr.updateMessage))
}

// sentMessage is the response to a new message.
type sentMessage struct {
	ConversationID string `json:"conversationId"`
	MessageID      string `json:"messageId"`
}

// createMessage adds a message, and reopens the conversation if it is closed.
func (wr *writer) createMessage(c *caller, conv *conversation, b *body) (any, error) {
	text, fileIDs := b.limitedText("messageContent", maxText), b.ids("fileIds")
	if strings.TrimSpace(text) == "" && len(fileIDs) == 0 {
		b.require("messageContent")
	}
	files := wr.attach(conv, b, fileIDs)
	if err := b.err(); err != nil {
		return nil, err
	}
	return wr.write(c, conv, text, files), nil
}

// editedMessage is the response to a message that was changed.
type editedMessage struct {
	MessageID string `json:"messageId"`
}

// updateMessage replaces the text of one of the caller's own messages.
func (wr *writer) updateMessage(c *caller, conv *conversation, b *body) (any, error) {
	id, ok := canonicalID(b.request.PathValue("messageId"))
	if !ok {
		return nil, invalid(notUUID(".messageId"))
	}
	at := slices.IndexFunc(conv.messages, func(m *message) bool { return m.ID == id && m.Type == typeMessage })
	if at < 0 {
		return nil, errNotFound
	}
	if by := conv.messages[at].CreatedBy; by == nil || by.ID != c.Profile.ID {
		return nil, errForbidden
	}
	b.require("messageContent")
	conv.messages[at].Content = b.text("messageContent")
	return editedMessage{id}, nil
}

// attach returns the files with the given IDs, which must have been uploaded for the conversation.
func (wr *writer) attach(conv *conversation, b *body, ids []string) []file {
	var files []file
	for i, id := range ids {
		found, ok := wr.uploads.attachment(conv.ID, id)
		if known := conv.attachment(id); known != nil {
			found, ok = *known, known.Status == fileUploaded
		}
		if !ok {
			b.reject(fmt.Sprintf(".fileIds[%d]", i), "exists", "should be an uploaded file of the conversation", nil)
			continue
		}
		files = append(files, found)
	}
	return files
}

// write adds a message of the caller.
func (wr *writer) write(c *caller, conv *conversation, text string, files []file) sentMessage {
	author := wr.users[c.Profile.ID]
	added := &message{
		ID: wr.newID("message"), ConversationID: conv.ID, Type: typeMessage, CreatedAt: wr.tick(),
		CreatedBy: author, Content: text, Files: files,
	}
	conv.messages = append(conv.messages, added)
	conv.LastMessageAt, conv.LastMessageBy = added.CreatedAt, author
	conv.LastMessage = &lastActivity{added.CreatedAt, author}
	if !slices.ContainsFunc(conv.members, func(m *member) bool { return m.ID == author.ID }) {
		conv.members = append(conv.members, memberOf(author))
	}
	if conv.Status == statusClosed {
		wr.setStatus(conv, author, statusOpen)
	}
	return sentMessage{conv.ID, added.ID}
}
