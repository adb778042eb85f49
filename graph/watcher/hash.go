package watcher

import (
	"strings"
	"time"

	"mstudio-graphql/rest"
)

// sum is a 64-bit FNV-1a hash of values. The standard library's
// allocates, and each poll hashes all of its rows.
type sum uint64

func newSum() *sum {
	s := sum(0xcbf29ce484222325)
	return &s
}

func (s *sum) byte(b byte) { *s = (*s ^ sum(b)) * 0x100000001b3 }

// text adds strings. Their lengths separate them.
func (s *sum) text(values ...string) {
	for _, value := range values {
		s.number(int64(len(value)))
		for i := range len(value) {
			s.byte(value[i])
		}
	}
}

func (s *sum) number(value int64) {
	for shift := 0; shift < 64; shift += 8 {
		s.byte(byte(uint64(value) >> shift)) //nolint:gosec // any bits do
	}
}

func (s *sum) optionalText(value *string) {
	if value == nil {
		s.number(-1)
		return
	}
	s.text(*value)
}

func (s *sum) optionalBool(value *bool) {
	switch {
	case value == nil:
		s.byte(0)
	case *value:
		s.byte(1)
	default:
		s.byte(2)
	}
}

func (s *sum) time(value time.Time) { s.number(value.UnixNano()) }

func (s *sum) user(user *rest.User) {
	if user == nil {
		s.number(-1)
		return
	}
	s.text(user.ID, string(user.Department))
	s.optionalText(user.Name)
	s.optionalBool(user.IsEmployee)
	s.optionalBool(user.Active)
	if user.AvatarURL != nil { // the gateway's own address may change
		s.text((*user.AvatarURL)[strings.LastIndexByte(*user.AvatarURL, '/')+1:])
	}
}

func (s *sum) reference(to rest.Reference) {
	if to == nil {
		s.number(-1)
		return
	}
	s.text(to.Domain(), to.Aggregate(), rest.ReferenceID(to))
}

// hashConversation returns a hash of the fields that a row of the list has.
func hashConversation(row *rest.Conversation) uint64 {
	s := newSum()
	s.text(row.ShortID, row.Title, string(row.Status), string(row.Visibility))
	s.time(row.CreatedAt)
	s.user(row.CreatedBy)
	s.user(row.MainUser)
	if row.LastMessage != nil {
		s.time(row.LastMessage.CreatedAt)
		s.user(row.LastMessage.CreatedBy)
	}
	if row.Category != nil {
		s.text(row.Category.ID, row.Category.Name)
	}
	s.text(row.RawNotificationRoles()...)
	s.reference(row.RelatedTo)
	s.reference(row.SharedWith)
	for _, relation := range row.Relations {
		s.reference(relation)
	}
	return uint64(*s)
}

// hashMessage returns a hash of what can change of a message.
func hashMessage(message rest.Message) uint64 {
	s := newSum()
	s.time(message.Head().CreatedAt)
	switch message := message.(type) {
	case *rest.TextMessage:
		s.user(message.CreatedBy)
		if message.Content != nil {
			s.text(message.Content.String())
		}
		s.files(message.Files)
	case *rest.StatusUpdate:
		s.text(message.Code)
		s.user(message.User)
	case *rest.ServiceRequest:
		s.text(string(message.Kind))
		s.files(message.Files)
	case *rest.UnknownMessage:
		s.text(message.RawType)
	}
	return uint64(*s)
}

func (s *sum) files(files []rest.File) {
	for _, file := range files {
		s.text(string(file.State()))
		switch file := file.(type) {
		case *rest.RequestedFile:
			s.text(file.ID)
		case *rest.UploadedFile:
			s.text(file.ID, file.Name)
		case *rest.DeletedFile:
			s.text(file.ID, file.Name)
		case *rest.UnknownFile:
			s.text(file.ID, file.Name)
		}
	}
}
