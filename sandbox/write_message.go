package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// sentMessage is the answer to a new message.
type sentMessage struct {
	ConversationID string `json:"conversationId"`
	MessageID      string `json:"messageId"`
}

// createMessage writes into a conversation, and opens it again if it is closed.
func (s *Sandbox) createMessage(c *caller, conv *conversation, b *body) (any, error) {
	text, fileIDs := b.limitedText("messageContent", maxText), b.ids("fileIds")
	if strings.TrimSpace(text) == "" && len(fileIDs) == 0 {
		b.require("messageContent")
	}
	files := s.attach(conv, b, fileIDs)
	if b.problems != nil {
		return nil, b.err()
	}
	return s.writeMessage(c, conv, text, files), nil
}

// editedMessage is the answer to a message that was changed.
type editedMessage struct {
	MessageID string `json:"messageId"`
}

// updateMessage replaces the text of one of the caller's own messages.
func (s *Sandbox) updateMessage(c *caller, conv *conversation, b *body) (any, error) {
	id, ok := canonicalID(b.request.PathValue("messageId"))
	if !ok {
		return nil, invalid(notUUID(".messageId"))
	}
	at := slices.IndexFunc(conv.messages, func(m *message) bool { return m.ID == id && m.Type == typeMessage })
	if at < 0 {
		return nil, errNotFound
	}
	if by := conv.messages[at].CreatedBy; by == nil || by.ID != c.profile.ID {
		return nil, errForbidden
	}
	b.require("messageContent")
	conv.messages[at].Content = b.text("messageContent")
	return editedMessage{id}, nil
}

// attach looks up what is to be attached.
func (s *Sandbox) attach(conv *conversation, b *body, ids []string) []file {
	var files []file
	for i, id := range ids {
		found, ok := s.uploads.attachment(conv.ID, id)
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

func (s *Sandbox) writeMessage(c *caller, conv *conversation, text string, files []file) sentMessage {
	author := s.store.users[c.profile.ID]
	written := &message{
		ID: s.newID("message"), ConversationID: conv.ID, Type: typeMessage, CreatedAt: s.tick(),
		CreatedBy: author, Content: text, Files: files,
	}
	conv.messages = append(conv.messages, written)
	conv.LastMessageAt, conv.LastMessageBy = written.CreatedAt, author
	conv.LastMessage = &lastActivity{written.CreatedAt, author}
	if !slices.ContainsFunc(conv.members, func(m *member) bool { return m.ID == author.ID }) {
		conv.members = append(conv.members, memberOf(author))
	}
	if conv.Status == statusClosed {
		s.setStatus(conv, author, statusOpen)
	}
	return sentMessage{conv.ID, written.ID}
}

// setStatus changes how far a conversation is, and lets its history say so.
func (s *Sandbox) setStatus(conv *conversation, by *user, status string) {
	if conv.Status == status {
		return
	}
	conv.Status = status
	conv.future = maps.Clone(conv.future)
	delete(conv.future, "status") // whatever the future has made of it
	conv.messages = append(conv.messages, &message{
		ConversationID: conv.ID, Type: typeStatusUpdate, CreatedAt: s.tick(),
		Content: "STATUS_" + strings.ToUpper(status), Meta: statusMeta{by},
	})
}

// newID makes the id of something new. Equal changes of equal sandboxes make equal ids. The store must be locked.
func (s *Sandbox) newID(kind string) string {
	s.store.made++
	return newID("made", kind, fmt.Sprint(s.store.made))
}

// tick is the time of a change: now, and later than all changes before. The store must be locked.
func (s *Sandbox) tick() timestamp {
	now := s.now().UTC().Truncate(time.Millisecond)
	if !now.After(s.store.changedAt) {
		now = s.store.changedAt.Add(time.Millisecond)
	}
	s.store.changedAt = now
	return timestamp{now}
}
