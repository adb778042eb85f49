package textbook

import (
	"slices"
	"time"

	"mstudio-graphql/bench/internal/wire"
	"mstudio-graphql/rest"
)

func newUser(u *wire.User) *rest.User {
	if u == nil {
		return nil
	}
	return &rest.User{Ref: rest.Ref{ID: u.ID, Complete: true}, Name: u.Name, IsEmployee: u.IsEmployee, Active: u.Active}
}

func newConversation(c *wire.Conversation) *rest.Conversation {
	conversation := &rest.Conversation{
		ID:                c.ID,
		ShortID:           c.ShortID,
		Title:             c.Title,
		Status:            rest.ConversationStatus(c.Status),
		Visibility:        rest.ConversationVisibility(c.Visibility),
		CreatedAt:         c.CreatedAt.UTC(),
		CreatedBy:         newUser(c.CreatedBy),
		MainUser:          newUser(c.MainUser),
		NotificationRoles: []rest.NotificationRole{},
		Relations:         []rest.Reference{},
	}
	if last := c.Last(); last != nil {
		conversation.LastMessage = &rest.LastMessage{CreatedAt: last.CreatedAt.UTC(), CreatedBy: newUser(last.CreatedBy)}
	}
	if c.Category != nil {
		conversation.Category = &rest.ConversationCategory{ID: c.Category.ID, Name: c.Category.Name}
	}
	if c.RelatedTo != nil {
		conversation.RelatedTo = newRelatedTo(c.RelatedTo)
	}
	return conversation
}

func newRelatedTo(r *wire.Reference) rest.RelatedTo {
	switch wire.ReferenceType(r.Domain, r.Aggregate) {
	case "User":
		return &rest.User{Ref: rest.Ref{ID: r.ID}}
	case "Customer":
		return &rest.Customer{Ref: rest.Ref{ID: r.ID}}
	case "Project":
		return &rest.Project{Ref: rest.Ref{ID: r.ID}}
	case "AppInstallation":
		return &rest.AppInstallation{Ref: rest.Ref{ID: r.ID}}
	case "PlacementGroup":
		return &rest.PlacementGroup{Ref: rest.Ref{ID: r.ID}}
	case "ExtensionInstance":
		return &rest.ExtensionInstance{Ref: rest.Ref{ID: r.ID}}
	case "Container":
		return &rest.Container{Ref: rest.Ref{ID: r.ID}}
	default:
		return &rest.UnknownReference{ID: r.ID}
	}
}

// newHistory converts messages and sorts them, oldest first.
func newHistory(items []item) []rest.Message {
	var (
		ids      wire.IDs
		messages []rest.Message
	)
	for index := range items {
		messages = append(messages, items[index].convert(&ids))
	}
	if len(messages) > 1 && messages[0].Head().CreatedAt.After(messages[len(messages)-1].Head().CreatedAt) {
		slices.Reverse(messages)
	}
	slices.SortStableFunc(messages, func(a, b rest.Message) int { return a.Head().CreatedAt.Compare(b.Head().CreatedAt) })
	return slices.DeleteFunc(messages, func(message rest.Message) bool { return message.Head().IsInternal })
}

func newText(sent *string) *rest.Text {
	if sent == nil {
		return nil
	}
	return new(rest.NewText(*sent))
}

func (i *item) convert(ids *wire.IDs) rest.Message {
	m := &i.message
	head := rest.MessageHead{ID: m.ID, ConversationID: m.ConversationID, CreatedAt: m.CreatedAt.UTC(), IsInternal: m.Internal}
	content := ""
	if m.Content != nil {
		content = *m.Content
	}
	if head.ID == "" {
		head.ID = ids.Derive(m.ConversationID, m.Type, head.CreatedAt.Format(time.RFC3339Nano), content)
	}
	switch m.Type {
	case "MESSAGE":
		return &rest.TextMessage{MessageHead: head, CreatedBy: newUser(m.CreatedBy), Content: newText(m.Content), Files: newFiles(m.Files)}
	case "STATUS_UPDATE":
		return &rest.StatusUpdate{MessageHead: head, Code: content, User: newUser(i.meta.User)}
	case "SERVICE_REQUEST":
		return &rest.ServiceRequest{MessageHead: head, Kind: rest.ServiceRequestKind(content), Files: newFiles(m.Files)}
	default:
		return &rest.UnknownMessage{MessageHead: head, RawType: m.Type}
	}
}

func newFiles(files []wire.File) []rest.File {
	converted := []rest.File{}
	for _, file := range files {
		switch file.Status {
		case "requested":
			converted = append(converted, &rest.RequestedFile{ID: file.ID})
		case "uploaded":
			converted = append(converted, &rest.UploadedFile{ID: file.ID, Name: file.Name, MimeType: file.Type})
		case "deleted":
			converted = append(converted, &rest.DeletedFile{ID: file.ID, Name: file.Name, MimeType: file.Type})
		default:
			converted = append(converted, &rest.UnknownFile{ID: file.ID, RawState: file.Status})
		}
	}
	return converted
}
